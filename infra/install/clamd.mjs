import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages, mayInstall, missingPackages } from './packages.mjs';
import { root } from './root.mjs';
import { run } from './run.mjs';

const folder = join(root, '.cache/clamd');

/** The virus scanner of the tests; one that the machine has may be confined to its own folders by AppArmor. */
export const clamdPath = join(folder, 'usr/sbin/clamd');

/**
 * Brings clamd for the tests. Its package is only unpacked: installed, it would start two services on whoever's machine this
 * is, of which one fetches signatures for ever. What it links against is installed, and starts nothing.
 *
 * @param {(line: string) => void} say
 */
export async function ensureClamd(say) {
  if (existsSync(clamdPath)) return;
  const missing = missingPackages(await librariesOf('clamav-daemon'));
  if (missing.length > 0) await installPackages(missing, say);
  say('Unpacking a virus scanner for the tests …');
  const work = `${folder}.${process.pid}`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  try {
    await run('apt-get', ['-q', 'download', 'clamav-daemon'], { cwd: work, log: join(work, 'log') });
    const [archive] = (await readdir(work)).filter((name) => name.endsWith('.deb'));
    await run('dpkg', ['-x', join(work, archive ?? ''), work]);
    await rm(folder, { recursive: true, force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {string} name @returns {Promise<string[]>} their names differ from release to release */
async function librariesOf(name) {
  const ask = () => {
    const { stdout } = spawnSync('apt-cache', ['depends', name], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    });
    return [...(stdout ?? '').matchAll(/^ {2}Depends: (lib[a-z0-9.+-]+)$/gm)].map((match) => match[1]);
  };
  let found = ask();
  if (found.length === 0 && mayInstall()) {
    await run('apt-get', ['-q', 'update']);
    found = ask();
  }
  if (found.length === 0)
    throw new Error(`${name} is in no package list. Update them, then start again:\n  sudo apt-get update`);
  return found;
}
