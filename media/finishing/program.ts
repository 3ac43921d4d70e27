import { spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';

const keptErrorLines = 20;

/**
 * Runs a program to its end and gives what it wrote, line by line, to `onLine`. Ends it when the signal is aborted.
 * @throws Error with the last lines of its standard error when it does not exit with 0; the abort reason when aborted
 */
export async function runProgram(
  program: string,
  args: string[],
  options: { signal: AbortSignal; onLine?(line: string): void },
): Promise<void> {
  options.signal.throwIfAborted();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  // A lesson that is live now goes before one that is over.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  const errors: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    errors.push(line);
    if (errors.length > keptErrorLines) errors.shift();
  });
  createInterface(child.stdout).on('line', (line) => options.onLine?.(line));
  const stop = () => child.kill('SIGKILL');
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    if (code !== 0) throw new Error(`${program} ended with ${code ?? 'a signal'}:\n${errors.join('\n')}`);
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}
