import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../install/run.mjs';
import { edits } from './edits.mjs';

const shims = join(import.meta.dirname, 'shims');

/**
 * Builds mediasoup's worker from the source that its npm package carries, on the system's own libraries.
 * Needs the packages of `workerBuildPackages`; takes about three minutes on two cores.
 *
 * @param {{packageDir: string, target: string}} options the installed mediasoup package; where the binary goes
 */
export async function buildWorker({ packageDir, target }) {
  const work = `${target}.build`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const source = join(work, 'source');
  await cp(join(packageDir, 'worker'), source, { recursive: true });
  await layShims(join(source, 'subprojects'));
  for (const edit of edits) await applyEdit(source, edit);

  const log = join(work, 'build.log');
  const out = join(work, 'out');
  await run('meson', ['setup', out, source, '--buildtype', 'release', '-Db_ndebug=true'], { log });
  await run('ninja', ['-C', out, 'mediasoup-worker'], { log });

  await mkdir(dirname(target), { recursive: true });
  await rename(join(out, 'mediasoup-worker'), target);
  await rm(work, { recursive: true, force: true });
}

/** Meson downloads a subproject only when its folder is missing; the folder's name stands in its .wrap file. */
async function layShims(subprojects) {
  for (const name of await readdir(shims)) {
    const wrap = await readFile(join(subprojects, `${name}.wrap`), 'utf8');
    const directory = /^directory\s*=\s*(\S+)/m.exec(wrap)?.[1];
    if (directory === undefined) throw new Error(`${name}.wrap names no directory; the worker's recipe needs a look`);
    await cp(join(shims, name), join(subprojects, directory), { recursive: true });
  }
}

async function applyEdit(source, { file, from, to }) {
  const path = join(source, file);
  const parts = (await readFile(path, 'utf8')).split(from);
  if (parts.length !== 2) {
    throw new Error(`«${from}» occurs ${parts.length - 1} times in the worker's ${file}; the recipe needs a look`);
  }
  await writeFile(path, parts.join(to));
}
