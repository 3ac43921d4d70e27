import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/**
 * Runs ffmpeg to its end, or until the signal is aborted.
 * @throws Error with its last words when it does not exit with 0; the abort reason when aborted
 */
export type RunFfmpeg = (args: string[], signal: AbortSignal) => Promise<void>;

const keptErrorCharacters = 2_000;

/** The ffmpeg of PATH, as whoever we are: for packets that come from ourselves, as in tests. */
export const runFfmpeg: RunFfmpeg = async (args, signal) => {
  signal.throwIfAborted();
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  // A lesson that is live now goes before one that is over.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-keptErrorCharacters);
  });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    if (code !== 0) throw new Error(`ffmpeg ended with ${code ?? 'a signal'}:\n${errors}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
