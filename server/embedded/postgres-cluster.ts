import { execFile } from 'node:child_process';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

export interface ClusterOptions {
  programs: PostgresPrograms;
  /** Empty, and the account's own. */
  folder: string;
  /** A private folder that the account can reach by its path. */
  scratch: string;
  account: Account | undefined;
  user: string;
  password: string;
  signal: AbortSignal | undefined;
}

/** Makes an empty database cluster: UTF-8, sorted by code point, entered only with the password. */
export async function initialisePostgres(options: ClusterOptions): Promise<void> {
  const { programs, folder, scratch, account, user, password, signal } = options;
  const passwordFile = join(scratch, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
    await run(
      programs.initdb,
      [
        '--pgdata=/proc/self/cwd',
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { cwd: folder, env: {}, ...account, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (cause) {
    signal?.throwIfAborted();
    throw new StartError(
      'The database could not be initialised.',
      (cause as { stderr?: string }).stderr?.trim() || String(cause),
      { cause },
    );
  } finally {
    await rm(passwordFile);
  }
}
