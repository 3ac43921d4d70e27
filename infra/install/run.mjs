import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * Runs a command to its end. Its output goes to the terminal, or to the end of the file `log`.
 * Rejects when it fails, with the last lines of the log in the message.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, log?: string}} [options]
 * @returns {Promise<void>}
 */
export async function run(command, args, { cwd, env, log } = {}) {
  const fd = log === undefined ? undefined : openSync(log, 'a');
  try {
    const output = fd ?? 'inherit';
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', output, output] });
    const reason = await new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
    });
    if (reason === undefined) return;
    const tail = log === undefined ? '' : `; the end of ${log}:\n${await lastLines(log, 20)}`;
    throw new Error(`${[command, ...args].join(' ')}: ${reason}${tail}`);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

async function lastLines(file, count) {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-count).join('\n');
}
