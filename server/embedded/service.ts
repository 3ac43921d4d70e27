import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';
import { StartError } from './start-error.ts';

const probeEveryMs = 20;
const backOffMs = { first: 500, most: 30_000 };
/** Who has run this long has recovered: the next failure starts the back-off anew. */
const steadyMs = 60_000;

export interface ServiceOptions {
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Another user to run as; only root may. */
  account?: { uid: number; gid: number } | undefined;
  /** Resolves when the service answers, rejects when not yet; a StartError ends the waiting. */
  probe: () => Promise<void>;
  readyMs: number;
  stopSignal: NodeJS.Signals;
  /** After this long a stop becomes SIGKILL. */
  stopMs: number;
  log: Log;
}

export interface Service {
  /** Ends it in good order. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Runs a program as a part of this server: waits until it answers, carries its output into the log, starts it again when
 * it ends by itself, and ends it on `stop`.
 * @throws StartError when it does not come up; the signal's reason when aborted.
 */
export async function startService(options: ServiceOptions, signal?: AbortSignal): Promise<Service> {
  const { name, log } = options;
  const stopping = new AbortController();
  let run = await launch(options, signal);
  const watching = watch();

  async function watch(): Promise<void> {
    let waitMs = backOffMs.first;
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      await run.ended;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt > steadyMs) waitMs = backOffMs.first;
      log.error({ service: name, ...run.how(), waitMs }, 'a service ended by itself and is started again');
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(ignoreAbort);
      waitMs = Math.min(waitMs * 2, backOffMs.most);
      try {
        if (!stopping.signal.aborted) run = await launch(options, stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) log.error({ service: name, err: error }, 'a service does not come up again');
      }
    }
  }

  return {
    async stop() {
      stopping.abort();
      await run.stop();
      await watching;
      // It may just have been coming up again; then this is another run.
      await run.stop();
    },
  };
}

interface Run {
  /** Settles when the process is gone. */
  ended: Promise<void>;
  how(): { code: number | null; endSignal: NodeJS.Signals | null };
  stop(): Promise<void>;
}

async function launch(options: ServiceOptions, signal: AbortSignal | undefined): Promise<Run> {
  signal?.throwIfAborted();
  const { command, args, cwd, env, account } = options;
  // A session of its own: Ctrl+C in a terminal reaches the whole foreground group, but the server ends its parts in order.
  const child = spawn(command, args, { cwd, env, ...account, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines = followOutput(child, options);
  const run = follow(child, options);
  try {
    await untilReady(options, run, signal);
    return run;
  } catch (cause) {
    await run.stop();
    if (signal?.aborted || cause instanceof StartError) throw cause;
    throw new StartError(
      `${options.name} did not come up.`,
      lastLines().length > 0 ? `It said:\n  ${lastLines().join('\n  ')}` : 'It said nothing.',
      { cause },
    );
  }
}

function follow(child: ChildProcess, { stopSignal, stopMs }: ServiceOptions): Run {
  // However this process comes to its end by itself, it leaves nobody behind.
  const endWithUs = () => void child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    // A program that cannot be run at all closes nothing.
    child.once('error', () => resolve());
  });
  return {
    ended,
    how: () => ({ code: child.exitCode, endSignal: child.signalCode }),
    async stop() {
      child.kill(stopSignal);
      const force = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(force);
    },
  };
}

async function untilReady(
  { probe, readyMs }: ServiceOptions,
  run: Run,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + readyMs;
  let ended = false;
  void run.ended.then(() => {
    ended = true;
  });
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof StartError || ended || Date.now() > deadline) throw error;
    }
    await sleep(probeEveryMs);
  }
}

/** @returns a reader of the newest lines, for the message of a start that fails */
function followOutput(child: ChildProcess, { name, log }: ServiceOptions): () => readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() === '') return;
      lines.push(line);
      if (lines.length > 12) lines.shift();
      log.debug({ service: name }, line);
    });
  }
  child.once('error', (error) => lines.push(error.message));
  return () => lines;
}

function ignoreAbort(error: unknown): void {
  if ((error as Error).name !== 'AbortError') throw error;
}
