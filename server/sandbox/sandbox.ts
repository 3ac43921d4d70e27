import { execFile } from 'node:child_process';
import { chown, mkdtemp, realpath, rm, stat } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ConverterRun } from './converter.ts';
import { endStragglers } from './stragglers.ts';
import { NOBODY, openUsers, type User } from './users.ts';
import { NO_WALLS_CODE, surveyWalls, type Walls } from './walls.ts';

const run = promisify(execFile);

/** What this machine may not give. */
export const protections = ['user', 'network', 'files', 'processes', 'memory'] as const;
export type Protection = (typeof protections)[number];

/** A program of PATH made out, and what it may use. */
export type Wrapped = Pick<
  ConverterRun,
  'folder' | 'reads' | 'args' | 'timeoutMs' | 'memoryBytes' | 'fileBytes' | 'processes'
> & { program: string };

/** What stands between a converter and the machine. */
export interface Sandbox {
  /** The command that starts the program, and whom it runs as when no wrapper sees to that. */
  wrap(run: Wrapped): Promise<{ command: string[]; user: Partial<User> }>;
  /** Ends what a run left behind. */
  clear(folder: string): Promise<void>;
  missing: Protection[];
  /** Whether an ending says that the sandbox, not the program, could not start. */
  isOwnFailure(code: number | null, output: string): boolean;
}

const PROBE_MS = 10_000;
const MOST_OPEN_FILES = 512;
/** Threads count, and the video library starts one for each processor. */
const MOST_PROCESSES = 256;
/** Fewer than any server of Node has threads: who counts those too counts for the whole user. */
const PROBED_PROCESSES = 8;

/** The kernel ends a converter whose server was killed; its timer is gone with the server. */
const endsWithUs = ['setpriv', '--pdeathsig', 'KILL', '--'];
const withoutPrivileges = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', '--pdeathsig', 'KILL', '--'];
/** A lesson that is live goes first. */
const yieldsTime = ['nice', '-n', '7'];
/** When memory runs out it is taken from a converter first. */
const yieldsMemory = ['sh', '-c', 'echo 1000 > /proc/self/oom_score_adj; exec "$@"', 'sh'];

async function works(wrapper: readonly string[], program = ['true'], cwd = '/'): Promise<boolean> {
  const [command = '', ...args] = [...wrapper, ...program];
  return run(command, args, { timeout: PROBE_MS, cwd }).then(
    () => true,
    () => false,
  );
}

/**
 * Finds out, by trying, which protections work here. As root, every job has a user of its own; otherwise converters run
 * as who we are. Where namespaces are to be had they see nothing but the system's programs and their own folder, have
 * no network (documents may name addresses to fetch) and know of no process but theirs.
 */
export async function findSandbox(): Promise<Sandbox> {
  const users = await openUsers();
  const user = users?.take() ?? null;
  const inUserNamespace = users === null ? ['--user', '--map-root-user'] : [];
  const apart = ['unshare', ...inUserNamespace, '--mount', '--net', '--pid', '--ipc', '--fork', '--kill-child', '--'];
  const offline = ['unshare', ...(users === null ? ['--user', '--map-current-user'] : []), '--net', '--'];
  const without = (who: User | null) => [
    'setpriv',
    ...(who ? [`--reuid=${who.uid}`, `--regid=${who.gid}`, '--clear-groups'] : []),
    ...withoutPrivileges,
  ];

  const [hasPrlimit, hasSetpriv, isOffline, walls] = await Promise.all([
    works(['prlimit', '--core=0', '--']),
    works(without(user)),
    works(offline),
    surveyWalls(),
  ]);
  const hasWalls =
    hasSetpriv && (await wallsWork(walls, (before) => [...endsWithUs, ...apart, ...before], without(user), user));
  // Without setpriv the process is started as somebody else, who then may not leave the network by itself.
  if (user) users?.giveBack(user);
  const hasNoNetwork = hasWalls || (isOffline && (hasSetpriv || users === null));
  const countsAlone = user ? user.uid !== NOBODY.uid : hasWalls && (await countsInside([...apart]));
  const limitsProcesses = hasPrlimit && hasSetpriv && countsAlone;

  return {
    async wrap({ program, args, folder, reads, timeoutMs, memoryBytes, fileBytes, processes = MOST_PROCESSES }) {
      // Whose folder it is is who works there.
      const owner = users ? await stat(folder) : null;
      if (owner?.uid === 0) throw new Error(`${folder} belongs to root, so no converter can work there.`);
      const cpuSeconds = Math.ceil(timeoutMs / 1000) * availableParallelism();
      const limits = [
        'prlimit',
        `--as=${memoryBytes}`,
        `--fsize=${fileBytes}`,
        `--cpu=${cpuSeconds}`,
        `--nofile=${MOST_OPEN_FILES}`,
        ...(limitsProcesses ? [`--nproc=${processes}`] : []),
        '--core=0',
        '--',
      ];
      const placed = hasWalls ? await walls.around(folder, program, reads) : { before: yieldsMemory, program };
      const command = [
        ...yieldsTime,
        ...(hasWalls ? [...endsWithUs, ...apart] : hasNoNetwork ? offline : []),
        ...placed.before,
        ...(hasPrlimit ? limits : []),
        ...(hasSetpriv ? without(owner) : []),
        placed.program,
        ...args,
      ];
      return { command, user: owner && !hasSetpriv ? { uid: owner.uid, gid: owner.gid } : {} };
    },
    async clear(folder) {
      // With its first process a namespace ends whole. Nobody may be the database.
      if (hasWalls) return;
      const { uid } = await stat(folder);
      await endStragglers(folder, users === null || uid === NOBODY.uid ? null : uid);
    },
    missing: protections.filter(
      (one) =>
        !{
          user: user?.uid !== NOBODY.uid,
          network: hasNoNetwork,
          files: hasWalls,
          processes: limitsProcesses,
          memory: hasPrlimit,
        }[one],
    ),
    isOwnFailure: (code, output) => hasWalls && (code === NO_WALLS_CODE || /^unshare: /m.test(output)),
  };
}

/** Puts the walls up around a folder made for it: it must be writable, and nothing else there. */
async function wallsWork(
  walls: Walls,
  outside: (before: string[]) => string[],
  inside: readonly string[],
  user: User | null,
): Promise<boolean> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'tongke-walls-'));
  try {
    if (user) await chown(folder, user.uid, user.gid);
    const { before } = await walls.around(folder, '/bin/sh');
    const looks = ': > written && test ! -e /root && test ! -e /etc/passwd && test -r /proc/self/stat';
    return await works([...outside(before), ...inside], ['sh', '-c', looks], folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Kernels before 5.14 count all processes of a user, also those outside of the namespace. */
function countsInside(apart: readonly string[]): Promise<boolean> {
  return works([...apart, 'prlimit', `--nproc=${PROBED_PROCESSES}`, '--'], ['sh', '-c', 'true & wait $!']);
}
