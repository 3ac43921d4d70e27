import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';

/**
 * Installs what package-lock.json names, unless it is there already.
 *
 * @param {(line: string) => void} say
 */
export async function ensureDependencies(say) {
  if (areInstalled()) return;
  say('Installing the packages of package-lock.json …');
  // Building needs the development packages, whatever NODE_ENV or the user's npmrc leaves out.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) await run(process.execPath, [npm, ...args], { cwd: root });
  else await run('npm', args, { cwd: root });
}

/**
 * npm leaves a list of what it installed; packages for other platforms are not in it. One for this platform whose download
 * failed is not in it either, as npm lets optional packages fail.
 */
function areInstalled() {
  const listed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(listed)) return false;
  const wanted = Object.entries(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages);
  const installed = JSON.parse(readFileSync(listed, 'utf8')).packages;
  return wanted.every(
    ([path, entry]) =>
      path === '' ||
      (installed[path]
        ? installed[path].version === entry.version
        : entry.optional && !(fits(entry) && isDirect(path))),
  );
}

/** An optional package that package.json names itself: the Node, the PostgreSQL and the Meilisearch of this platform. */
function isDirect(path) {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return path.replace('node_modules/', '') in optionalDependencies;
}

function fits({ os, cpu }) {
  const allows = (list, own) => list === undefined || [list].flat().includes(own);
  return allows(os, process.platform) && allows(cpu, process.arch);
}
