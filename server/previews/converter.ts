import { spawn } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Sandbox } from './sandbox.ts';

export interface ConverterRun {
  /** A program of PATH, or the path of one. */
  program: string;
  args: readonly string[];
  /** The only folder in which the program finds and leaves anything. */
  folder: string;
  timeoutMs: number;
  /** Address space of each of its processes. */
  memoryBytes: number;
  /** Largest file it may write. */
  fileBytes: number;
  /** Largest standard output; the rest is cut off. */
  outputBytes?: number;
  signal: AbortSignal;
}

export class ConverterError extends Error {
  override readonly name = 'ConverterError';
  /** `missing`: there is no such program. `timeout`: it took too long. `failed`: it said no. */
  readonly reason: 'missing' | 'timeout' | 'failed';
  /** The end of what it printed on standard error. */
  readonly output: string;

  constructor(reason: ConverterError['reason'], message: string, output = '') {
    super(message);
    this.reason = reason;
    this.output = output;
  }
}

/** Runs one program on one untrusted file. @returns its standard output. @throws ConverterError */
export type Converter = (run: ConverterRun) => Promise<string>;

const KEPT_ERROR_CHARACTERS = 2000;
const DEFAULT_OUTPUT_BYTES = 1024 * 1024;

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
    const [command = program, ...args] = [...sandbox.wrap(run), program, ...run.args];

    const child = spawn(command, args, {
      cwd: run.folder,
      // A group of its own, so that the helpers it starts end with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, HOME: run.folder, TMPDIR: run.folder, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
      ...sandbox.user,
    });
    const killGroup = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch (error) {
        // Nobody of the group is left.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
      }
    };
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup();
    }, run.timeoutMs);
    run.signal.addEventListener('abort', killGroup, { once: true });

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

    const { promise: ended, resolve, reject } = Promise.withResolvers<string>();
    child.on('error', reject);
    child.on('close', (code, signalName) =>
      resolve(code === null ? `was ended by ${signalName}` : `ended with ${code}`),
    );
    try {
      const how = await ended;
      run.signal.throwIfAborted();
      if (timedOut) throw new ConverterError('timeout', `${run.program} took longer than ${run.timeoutMs} ms.`, output);
      if (how !== 'ended with 0') throw new ConverterError('failed', `${run.program} ${how}.`, output);
      return Buffer.concat(chunks).toString('utf8');
    } finally {
      clearTimeout(timer);
      run.signal.removeEventListener('abort', killGroup);
      killGroup();
    }
  };
}
