import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { measureFolder, removeSpecial } from './folder-room.ts';
import { memoryOf } from './memory.ts';
import type { Sandbox } from './sandbox.ts';
import { watch } from './watch.ts';

export interface ConverterRun {
  /** A program of PATH, or the path of one. */
  program: string;
  args: readonly string[];
  /** The only folder in which the program finds and leaves anything. */
  folder: string;
  /** Folders that it reads besides, as they hold parts of the program. */
  reads?: readonly string[];
  timeoutMs: number;
  /** Address space of each of its processes, and what all of them hold together. */
  memoryBytes: number;
  /** Largest file it may write. */
  fileBytes: number;
  /** By how much the folder may grow; the default is twice the largest file. */
  folderBytes?: number;
  /** Processes and threads at once, where they can be counted. */
  processes?: number;
  /** Largest standard output; the rest is cut off. */
  outputBytes?: number;
  signal: AbortSignal;
}

export class ConverterError extends Error {
  override readonly name = 'ConverterError';
  /** `missing`: there is no such program. `timeout`, `memory`, `room`: it took too much of it. `failed`: it said no. */
  readonly reason: 'missing' | 'timeout' | 'memory' | 'room' | 'failed';
  /** The end of what it printed on standard error. */
  readonly output: string;

  constructor(reason: ConverterError['reason'], message: string, output = '') {
    super(output === '' ? message : `${message}\n${output.trimEnd()}`);
    this.reason = reason;
    this.output = output;
  }
}

/** Runs one program on one untrusted file. @returns its standard output. @throws ConverterError */
export type Converter = (run: ConverterRun) => Promise<string>;

const KEPT_ERROR_CHARACTERS = 2000;
const DEFAULT_OUTPUT_BYTES = 1024 * 1024;
/** Without a namespace of processes a child can get away, and hold our pipes open. */
const PIPES_CLOSED_AFTER_MS = 2000;

/** null when there is no such program. */
export async function findProgram(program: string): Promise<string | null> {
  const candidates = isAbsolute(program)
    ? [program]
    : (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program));
  for (const candidate of candidates) {
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return null;
}

export function createConverter(sandbox: Sandbox): Converter {
  return async (run) => {
    run.signal.throwIfAborted();
    const program = await findProgram(run.program);
    if (program === null) throw new ConverterError('missing', `${run.program} is not installed.`);
    const {
      command: [command = program, ...args],
      user,
    } = await sandbox.wrap({ ...run, program });
    const folderBytes = run.folderBytes ?? 2 * run.fileBytes;
    const fullAt = (await measureFolder(run.folder)) + folderBytes;
    run.signal.throwIfAborted();

    const child = spawn(command, args, {
      cwd: run.folder,
      // A group of its own, so that the helpers it starts end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...{ PATH: process.env.PATH, HOME: run.folder, TMPDIR: run.folder, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
        // Each of glibc's arenas reserves 64 MiB of the addresses that are limited, eight for each processor.
        MALLOC_ARENA_MAX: '2',
      },
      ...user,
    });
    const killGroup = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        // Nobody of the group is left.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    };
    const stop = () => {
      killGroup();
      setTimeout(() => {
        child.stdout.destroy();
        child.stderr.destroy();
      }, PIPES_CLOSED_AFTER_MS).unref();
    };
    const exceeded: { reason: ConverterError['reason']; what: string }[] = [];
    const end = (reason: ConverterError['reason'], what: string) => {
      exceeded.push({ reason, what });
      stop();
    };
    const timer = setTimeout(() => end('timeout', `took longer than ${run.timeoutMs} ms`), run.timeoutMs);
    run.signal.addEventListener('abort', stop, { once: true });

    const chunks: Buffer[] = [];
    let room = run.outputBytes ?? DEFAULT_OUTPUT_BYTES;
    child.stdout.on('data', (chunk: Buffer) => {
      if (room > 0) chunks.push(chunk.subarray(0, room));
      room -= chunk.byteLength;
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_ERROR_CHARACTERS);
    });

    const { promise: ended, resolve, reject } = Promise.withResolvers<{ code: number | null; how: string }>();
    child.on('error', reject);
    child.on('close', (code, signalName) =>
      resolve({ code, how: code === null ? `was ended by ${signalName}` : `ended with ${code}` }),
    );
    const watches = [
      watch(
        () => measureFolder(run.folder),
        fullAt,
        () => end('room', `wrote more than ${folderBytes} bytes`),
      ),
      watch(
        () => memoryOf(child.pid ?? 0),
        run.memoryBytes,
        () => end('memory', `held more than ${run.memoryBytes} bytes`),
      ),
    ];
    try {
      const { code, how } = await ended;
      run.signal.throwIfAborted();
      const [first] = exceeded;
      if (first) throw new ConverterError(first.reason, `${run.program} ${first.what}.`, output);
      if (sandbox.isOwnFailure(code, output)) throw new Error(`The sandbox did not start: ${output}`);
      if (code !== 0) throw new ConverterError('failed', `${run.program} ${how}.`, output);
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      clearTimeout(timer);
      for (const unwatch of watches) unwatch();
      run.signal.removeEventListener('abort', stop);
      killGroup();
      await sandbox.clear(run.folder);
      await removeSpecial(run.folder);
    }
  };
}
