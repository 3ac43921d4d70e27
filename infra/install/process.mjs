import { spawn, spawnSync } from 'node:child_process';

/**
 * Puts a program in the place of this process, where Node can (execve, Node >= 22.15); else runs it as a child.
 *
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
export function become(command, env) {
  if (typeof process.execve !== 'function') {
    startChild(command, env);
    return;
  }
  // The call is announced as experimental on every start; whoever reads the console has no use for that.
  process.removeAllListeners('warning');
  process.execve(command[0], command, env);
}

/**
 * Runs a program as a child that this process stands for: it hands signals down, and ends when the child does, with its
 * exit code.
 *
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
export function startChild(command, env) {
  const [program, ...args] = underParent(command);
  const child = spawn(program, args, { env, stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // Ctrl+C in a terminal reaches the child as well; a second one would mean «at once».
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.once('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.once('close', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
    process.exit();
  });
  return child;
}

/** When this process is killed outright, the kernel asks the child to end: otherwise it would stay behind. */
function underParent(command) {
  const known = spawnSync('setpriv', ['--help'], { encoding: 'utf8' }).stdout?.includes('--pdeathsig');
  return known ? ['setpriv', '--pdeathsig', 'TERM', ...command] : command;
}
