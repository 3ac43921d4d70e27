import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ConverterRun } from './converter.ts';

const run = promisify(execFile);

/** Nobody, on every Linux. */
export const UNPRIVILEGED = { uid: 65_534, gid: 65_534 } as const;

/** What stands between a converter and the machine. */
export interface Sandbox {
  /** Programs, with their arguments, that start the converter. */
  wrap(limits: Pick<ConverterRun, 'memoryBytes' | 'fileBytes'>): string[];
  /** Whom it runs as, when no wrapper sees to that. */
  user: { uid?: number; gid?: number };
  /** Which protections this machine does not give, for the operator. */
  missing: string[];
}

const PROBE_MS = 5000;
/** The kernel ends a converter whose server was killed; its timer is gone with the server. */
const endsWithUs = ['--pdeathsig', 'KILL'];

async function works(wrapper: readonly string[]): Promise<boolean> {
  const [command = '', ...args] = wrapper;
  return run(command, [...args, 'true'], { timeout: PROBE_MS }).then(
    () => true,
    () => false,
  );
}

/**
 * Finds out which protections work here: no network (documents may name addresses to fetch), no privileges, and
 * limits on memory and files. As root the converters run as nobody; otherwise as who we are.
 */
export async function findSandbox(): Promise<Sandbox> {
  const isRoot = process.getuid?.() === 0;
  const noNetwork = isRoot ? ['unshare', '--net', '--'] : ['unshare', '--user', '--map-current-user', '--net', '--'];
  const noPrivileges = isRoot
    ? [
        'setpriv',
        `--reuid=${UNPRIVILEGED.uid}`,
        `--regid=${UNPRIVILEGED.gid}`,
        '--clear-groups',
        '--no-new-privs',
        ...endsWithUs,
        '--',
      ]
    : ['setpriv', '--no-new-privs', ...endsWithUs, '--'];
  const [network, limits, privileges] = await Promise.all([
    works(noNetwork),
    works(['prlimit', '--core=0', '--']),
    works(noPrivileges),
  ]);
  // Without setpriv the process is started as nobody, who then may not leave the network by itself.
  const leavesNetwork = network && (privileges || !isRoot);

  return {
    wrap: ({ memoryBytes, fileBytes }) => [
      ...(leavesNetwork ? noNetwork : []),
      ...(limits ? ['prlimit', `--as=${memoryBytes}`, `--fsize=${fileBytes}`, '--core=0', '--'] : []),
      ...(privileges ? noPrivileges : []),
    ],
    user: isRoot && !privileges ? { ...UNPRIVILEGED } : {},
    missing: [
      ...(leavesNetwork ? [] : ['Converters are not kept from the network (unshare).']),
      ...(limits ? [] : ['Converters have no memory limit (prlimit).']),
    ],
  };
}
