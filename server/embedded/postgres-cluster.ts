import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Account } from './account.ts';
import type { PostgresPrograms } from './postgres-programs.ts';
import { StartError } from './start-error.ts';

export interface ClusterOptions {
  programs: PostgresPrograms;
  /** Empty, and the account's own. */
  folder: string;
  /** A private folder that the account can reach by its path. */
  scratch: string;
  account: Account | undefined;
  user: string;
  password: string;
  signal: AbortSignal | undefined;
}

/** Makes an empty database cluster: UTF-8, sorted by code point, entered only with the password. */
export async function initialisePostgres(options: ClusterOptions): Promise<void> {
  const { programs, folder, scratch, account, user, password, signal } = options;
  const passwordFile = join(scratch, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  try {
    if (account !== undefined) await chown(passwordFile, account.uid, account.gid);
    await initdb(
      programs.initdb,
      [
        '--pgdata=/proc/self/cwd',
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { cwd: folder, account, signal },
    );
  } finally {
    await rm(passwordFile);
  }
}

/** Runs it in a group of its own, as it runs others in turn: when the start is broken off, none of them stays behind. */
async function initdb(
  program: string,
  args: readonly string[],
  { cwd, account, signal }: { cwd: string; account: Account | undefined; signal: AbortSignal | undefined },
): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(program, args, { cwd, env: {}, ...account, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  signal?.addEventListener('abort', stop, { once: true });
  const [said, how] = await Promise.all([
    text(child.stderr),
    once(child, 'close').then(
      ([code]: (number | null)[]) => (code === 0 ? null : `It ended with ${code}.`),
      (error: unknown) => String(error),
    ),
  ]);
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (how !== null) throw new StartError('The database could not be initialised.', said.trim() || how);
}
