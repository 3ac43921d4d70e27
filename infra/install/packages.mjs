import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from './run.mjs';

const updateAttempts = 6;
const updateAgainMs = 10_000;

/**
 * What the running server calls: finishing and posters, page images (and the encodings of Chinese PDFs), HEIC photos,
 * office documents; fonts for Chinese, and of the same widths as Times New Roman, Arial and Calibri.
 */
export const runtimePackages = [
  'ffmpeg',
  'poppler-utils',
  'poppler-data',
  'libheif-examples',
  'libreoffice-writer-nogui',
  'libreoffice-impress-nogui',
  'libreoffice-calc-nogui',
  'fonts-noto-cjk',
  'fonts-liberation',
  'fonts-crosextra-carlito',
];

/** What the tests call besides: a browser, a real S3 store, a network to impair, a TURN server and its certificate. */
export const testPackages = [
  'chromium',
  'radosgw',
  'ceph-mon',
  'ceph-osd',
  'ceph-common',
  'coturn',
  'curl',
  'iproute2',
  'iptables',
  'openssl',
];

/** What building the media worker from source needs. */
export const workerBuildPackages = [
  'meson',
  'ninja-build',
  'g++',
  'pkg-config',
  'libuv1-dev',
  'libssl-dev',
  'libsrtp2-dev',
  'libabsl-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
  'flatbuffers-compiler-dev',
];

/**
 * Of a package without windows, the one with them: it does the same, and the two cannot be installed together.
 *
 * @param {string} name
 */
const twinOf = (name) => (name.endsWith('-nogui') ? name.slice(0, -'-nogui'.length) : name);

/** @param {string[]} names @returns {string[]} those that dpkg does not know as installed, nor their twins */
export function missingPackages(names) {
  if (!existsSync('/usr/bin/dpkg-query')) return names;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg-query's own placeholders.
  const format = '${Package} ${db:Status-Status}\\n';
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names, ...names.map(twinOf)], {
    encoding: 'utf8',
  });
  const installed = new Set();
  for (const line of stdout.split('\n')) {
    const [name, status] = line.split(' ');
    if (status === 'installed') installed.add(name);
  }
  return names.filter((name) => !installed.has(name) && !installed.has(twinOf(name)));
}

/** Whether this process can install Debian packages. */
export function mayInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** The one command that installs them, as a person would type it. */
export function installCommand(names) {
  return `sudo apt-get install -y --no-install-recommends --no-remove ${names.join(' ')}`;
}

/**
 * Installs Debian packages when this process may; rejects with the exact command otherwise.
 *
 * @param {string[]} names
 * @param {(line: string) => void} say
 */
export async function installPackages(names, say) {
  if (!mayInstall()) {
    throw new Error(`System packages are missing. Install them, then start again:\n  ${installCommand(names)}`);
  }
  say(`Installing ${names.length} system packages: ${names.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = ['-q', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=300'];
  await updateLists(quiet, env, say);
  // Nothing that the machine is used for otherwise may go for it.
  const install = ['install', '-y', '--no-install-recommends', '--no-remove'];
  await run('apt-get', [...quiet, ...install, ...names], { env });
}

/** Another apt-get may have the lists, as on a machine that has just been started; old lists may do. */
async function updateLists(quiet, env, say) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run('apt-get', [...quiet, 'update'], { env });
    } catch (error) {
      if (attempt === updateAttempts) return say(`${error.message}; going on with the lists that are there`);
      await sleep(updateAgainMs);
    }
  }
}
