import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { nodeBinary } from './node-binary.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const built = join(root, 'web/dist/index.html');
const stamp = join(root, '.cache/web-build');

/**
 * Builds web/dist when what it is made of has changed since the last build.
 *
 * @param {(line: string) => void} say
 */
export async function ensureWeb(say) {
  const sources = hashSources();
  if (existsSync(built) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('Building the web pages …');
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'];
  await run(nodeBinary(), args, { cwd: root });
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, sources);
}

function hashSources() {
  const hash = createHash('sha256');
  for (const file of sourceFiles())
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** The web's own files, the one module it takes from elsewhere, and the versions of all packages. */
function sourceFiles() {
  const own = readdirSync(join(root, 'web'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(dirname(built)))
    .sort();
  return [...own, join(root, 'media/protocol.ts'), join(root, 'package-lock.json')];
}
