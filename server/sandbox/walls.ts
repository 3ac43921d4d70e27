import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';

/** With this the script says that the walls could not be put up, which is not the program's doing. */
export const NO_WALLS_CODE = 97;

/** What programs need of the system, as far as it is there. Nothing of it is secret, and all of it is read-only. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];
const supports = [
  '/etc/alternatives',
  '/etc/fonts',
  '/etc/libreoffice',
  '/etc/ld.so.cache',
  '/etc/localtime',
  '/var/cache/fontconfig',
  '/var/lib/libreoffice',
];
const devices = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom'];

/**
 * Runs as first process in namespaces of its own. Builds another root in memory, which holds only what is named, turns
 * to it, and lets go of the old one. What stands at /tmp can only be bound after the turn.
 *
 * $1 folders to make, $2 files to make, $3 table of mounts before the turn, $4 after it, $5 working folder, then the
 * program. It is no `exec`: the first process of a namespace would not be ended by ordinary signals.
 */
export const wallScript = `
stop() { echo "walls: $1" >&2; exit ${NO_WALLS_CODE}; }
path="$PATH"
PATH="$PATH:/usr/sbin:/sbin"
umask 022
mount -t tmpfs -o size=1m,mode=755,nosuid,nodev tmpfs /tmp || stop root
mkdir -p $1 || stop folders
for file in $2; do : > "$file" || stop files; done
printf '%s' "$3" > /tmp/.mounts && mount -a -T /tmp/.mounts || stop system
pivot_root /tmp /tmp/.old && cd / || stop pivot
printf '%s' "$4" > /.mounts && mount -a -T /.mounts || stop folder
umount -l /.old && rm -r /.old /.mounts || stop old
cd "$5" || stop enter
echo 1000 > /proc/self/oom_score_adj || stop memory
shift 5
unset OLDPWD
PATH="$path"
"$@"
exit $?
`;

/** fstab(5) parts its fields by blanks. */
const escaped = (path: string) =>
  path.replaceAll(/[\\\s]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
const line = (source: string, target: string, type: string, options: string) =>
  `${escaped(source)} ${escaped(target)} ${type} ${options} 0 0\n`;

async function kindOf(path: string): Promise<'folder' | 'file' | null> {
  try {
    return (await lstat(await realpath(path))).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

const isBelow = (path: string, folder: string) => path === folder || path.startsWith(folder + sep);

/** Of a program outside of the system: the folder in which it was installed with what belongs to it. */
function installationOf(program: string): string {
  const folder = dirname(program);
  const whole = ['bin', 'sbin', 'program'].includes(basename(folder)) ? dirname(folder) : folder;
  return whole === '/' ? program : whole;
}

export interface Walls {
  /** What stands before a program, from the shell on, and the path under which it is found. */
  around(folder: string, program: string, reads?: readonly string[]): Promise<{ before: string[]; program: string }>;
}

/** Looks once at what this system consists of. */
export async function surveyWalls(): Promise<Walls> {
  const folders = ['/tmp/.old', '/tmp/proc', '/tmp/tmp', '/tmp/dev', '/tmp/etc'];
  const files: string[] = [];
  let table = '';
  const inside: string[] = [];
  for (const path of [...systemFolders, ...supports, ...devices]) {
    const kind = await kindOf(path);
    if (kind === null) continue;
    (kind === 'folder' ? folders : files).push(`/tmp${path}`);
    if (systemFolders.includes(path)) inside.push(path);
    const options = devices.includes(path) ? 'bind' : 'bind,ro,nosuid,nodev';
    table += line(await realpath(path), `/tmp${path}`, 'none', options);
  }
  table += line('proc', '/tmp/proc', 'proc', 'nosuid,nodev,noexec');
  table += line('tmpfs', '/tmp/tmp', 'tmpfs', 'size=64m,mode=1777,nosuid,nodev');
  const isInside = (path: string) => inside.some((one) => isBelow(path, one));
  const common = ['sh', '-c', wallScript, 'walls', folders.join(' '), files.join(' '), table];

  return {
    async around(folder, program, reads = []) {
      const bound = (path: string, options: string) =>
        line(`/.old${path}`, path, 'none', `bind,nosuid,nodev,${options}`);
      let later = bound(folder, 'X-mount.mkdir');
      for (const one of reads) if (!isInside(one)) later += bound(one, 'ro,X-mount.mkdir');
      const real = await realpath(program);
      if (!isInside(real)) later += bound(installationOf(real), 'ro,X-mount.mkdir');
      return { before: [...common, later, folder], program: isInside(real) ? program : real };
    },
  };
}
