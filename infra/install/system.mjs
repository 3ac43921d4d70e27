import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ensureClamd } from './clamd.mjs';
import {
  installCommand,
  installPackages,
  mayInstall,
  missingPackages,
  runtimePackages,
  testPackages,
} from './packages.mjs';
import { root } from './root.mjs';

const stamp = join(root, '.cache/system-packages-failed');

/** What the packages of `runtimePackages` bring, for machines that are no Debian. */
const runtimePrograms = ['ffmpeg', 'ffprobe', 'pdftoppm', 'heif-convert', 'soffice'];

/**
 * Brings what previews and recordings call. The server starts without it too, and says what is missing.
 *
 * @param {(line: string) => void} say
 */
export async function ensureRuntimePrograms(say) {
  if (!existsSync('/usr/bin/dpkg-query')) {
    const missing = runtimePrograms.filter((name) => !isOnPath(name));
    if (missing.length > 0) say(`Previews and recordings need programs that are missing here: ${missing.join(' ')}`);
    return;
  }
  const missing = missingPackages(runtimePackages);
  if (missing.length === 0 || (await triedToday(missing))) return;
  if (!mayInstall()) {
    say(
      `Previews and recordings need system packages that are missing here. To install them:\n  ${installCommand(missing)}`,
    );
    return;
  }
  try {
    await installPackages(missing, say);
  } catch (error) {
    await writeFile(stamp, stampOf(missing));
    say(`${error.message}\nGoing on without them until tomorrow. To try again:\n  ${installCommand(missing)}`);
  }
}

/** Without a mirror each try takes as long as its time-outs: one a day is enough. */
async function triedToday(missing) {
  return existsSync(stamp) && (await readFile(stamp, 'utf8')) === stampOf(missing);
}

const stampOf = (missing) => `${new Date().toISOString().slice(0, 10)} ${missing.join(' ')}`;

/** Brings what the tests call besides; they do not run without it. */
export async function ensureTestPrograms(say) {
  const missing = missingPackages([...runtimePackages, ...testPackages]);
  if (missing.length > 0) await installPackages(missing, say);
  await ensureClamd(say);
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}
