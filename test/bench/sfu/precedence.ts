import { writeFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

const precedence = -15;

/**
 * This process and all that it starts from now on go before whatever else the machine does. Linux weighs the sessions of
 * terminals and jobs against each other before it looks at a process's own priority (sched(7), autogroup); so both are raised.
 */
export async function takePrecedence(): Promise<void> {
  setPriority(precedence);
  await writeFile('/proc/self/autogroup', String(precedence)).catch((error: NodeJS.ErrnoException) => {
    // A kernel without groups of its own goes by the priority alone.
    if (error.code !== 'ENOENT') throw error;
  });
}
