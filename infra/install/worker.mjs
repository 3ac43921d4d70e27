import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import { buildWorker } from '../worker/build.mjs';
import { installPackages, missingPackages, workerBuildPackages } from './packages.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const downloadTimeout = 5_000;
const packageDir = join(root, 'node_modules/mediasoup');
const recipeDir = join(root, 'infra/worker');

/**
 * Where the worker's binary lies or will lie: outside node_modules, which `npm ci` empties, and keyed by all that
 * shapes it, so that a change of mediasoup's version or of the recipe makes a new one.
 */
export function workerPath() {
  const { version } = readMediasoupPackage();
  const key = `${version}-${process.platform}-${process.arch}-${hashFolder(recipeDir)}`;
  return join(root, '.cache/mediasoup-worker', key, 'mediasoup-worker');
}

/**
 * Makes sure of the worker's binary: from the cache, else the official prebuilt one, else built from source.
 *
 * @param {(line: string) => void} say tells what takes long
 * @returns {Promise<string>} its path
 */
export async function ensureWorker(say) {
  const given = process.env.MEDIASOUP_WORKER_BIN;
  if (given) return given;
  const target = workerPath();
  // A system that was upgraded may have other libraries than the worker was built with.
  if (existsSync(target) && runsHere(target)) return target;

  await mkdir(dirname(target), { recursive: true });
  say('Getting the media worker …');
  const refusal = await downloadWorker(target);
  if (refusal === undefined) return target;

  say(
    `The prebuilt media worker cannot be had (${refusal}); building it from source, which takes about three minutes …`,
  );
  const missing = missingPackages(workerBuildPackages);
  if (missing.length > 0) await installPackages(missing, say);
  const reporting = reportBuild(join(`${target}.build`, 'build.log'), say);
  await buildWorker({ packageDir, target }).finally(() => clearInterval(reporting));
  if (!runsHere(target)) {
    await rm(target);
    throw new Error('The media worker was built but does not run on this machine.');
  }
  return target;
}

/** @returns {Promise<string | undefined>} why it cannot be had; undefined once it lies at `target` */
async function downloadWorker(target) {
  const { version, repository } = readMediasoupPackage();
  const releases = `${repository.url.replace(/^git\+/, '').replace(/\.git$/, '')}/releases/download`;
  const kernel = process.platform === 'linux' ? `-kernel${release().split('.')[0]}` : '';
  const url = `${releases}/${version}/mediasoup-worker-${version}-${process.platform}-${process.arch}${kernel}.tgz`;

  const folder = await mkdtemp(`${target}.download-`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(downloadTimeout) });
    if (!response.ok) return `the download answered ${response.status}`;
    const archive = join(folder, 'worker.tgz');
    await writeFile(archive, Buffer.from(await response.arrayBuffer()));
    await run('tar', ['-xzf', archive, '-C', folder]);
    const binary = join(folder, 'mediasoup-worker');
    await chmod(binary, 0o755);
    if (!runsHere(binary)) return 'it does not run on this machine';
    await rename(binary, target);
    return undefined;
  } catch (error) {
    return error.cause?.code ?? error.name;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says how far the build is, by the steps that ninja counts in its log: each tenth once. */
function reportBuild(log, say) {
  let told = 0;
  return setInterval(() => {
    if (!existsSync(log)) return;
    const [, done, all] = readFileSync(log, 'utf8').match(/.*^\[(\d+)\/(\d+)\]/ms) ?? [];
    const tenth = Math.floor((10 * done) / all);
    if (!(tenth > told)) return;
    told = tenth;
    say(`  ${tenth * 10} % (${done} of ${all} steps)`);
  }, 2_000);
}

/** Without its environment the worker ends with status 41 (its main.cpp): proof that it can be run at all. */
function runsHere(binary) {
  return spawnSync(binary, { env: {}, stdio: 'ignore', timeout: 5_000 }).status === 41;
}

function readMediasoupPackage() {
  return JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8'));
}

function hashFolder(folder) {
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const name of names) hash.update(name.slice(folder.length)).update('\0').update(readFileSync(name)).update('\0');
  return hash.digest('hex').slice(0, 12);
}
