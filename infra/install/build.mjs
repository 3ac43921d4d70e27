import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { nodeBinary } from './node-binary.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

/** The server as one file: loading it takes half as long as loading its modules one by one. */
export const bundledServer = join(root, '.cache/server.mjs');

/**
 * Builds web/dist when what it is made of has changed since the last build.
 *
 * @param {(line: string) => void} say
 */
export async function ensureWeb(say) {
  await ensureBuilt(say, {
    what: 'the web pages',
    sources: ['web', 'media'],
    config: 'web/vite.config.ts',
    result: join(root, 'web/dist/index.html'),
    stamp: join(root, '.cache/web-build'),
  });
}

/**
 * Builds the bundle of the server when what it is made of has changed since the last build.
 *
 * @param {(line: string) => void} say
 */
export async function ensureServer(say) {
  await ensureBuilt(say, {
    what: 'the server',
    sources: ['server', 'media', 'search', 'infra/server.vite.config.mjs'],
    config: 'infra/server.vite.config.mjs',
    result: bundledServer,
    stamp: join(root, '.cache/server-build'),
  });
}

/** The stamp goes first and is written last: a build that was broken off is made again. */
async function ensureBuilt(say, { what, sources, config, result, stamp }) {
  const hash = hashFiles([...sources, 'package-lock.json'].flatMap(filesOf));
  if (existsSync(result) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  say(`Building ${what} …`);
  await rm(stamp, { force: true });
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await run(nodeBinary(), [vite, 'build', '--config', config, '--logLevel', 'warn'], { cwd: root });
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, hash);
}

function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** A file, or all files of a folder but for what was built there. */
function filesOf(source) {
  const path = join(root, source);
  if (/\.\w+$/.test(source)) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(join(root, 'web/dist')))
    .sort();
}
