import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  installCommand,
  installPackages,
  mayInstall,
  missingPackages,
  runtimePackages,
  testPackages,
} from './packages.mjs';

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
  if (missing.length === 0) return;
  if (!mayInstall()) {
    say(
      `Previews and recordings need system packages that are missing here. To install them:\n  ${installCommand(missing)}`,
    );
    return;
  }
  try {
    await installPackages(missing, say);
  } catch (error) {
    say(`${error.message}\nGoing on without them. To try again:\n  ${installCommand(missing)}`);
  }
}

/** Brings what the tests call besides; they do not run without it. */
export async function ensureTestPrograms(say) {
  const missing = missingPackages([...runtimePackages, ...testPackages]);
  if (missing.length > 0) await installPackages(missing, say);
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}
