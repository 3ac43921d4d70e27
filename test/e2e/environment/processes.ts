import { readdir, readFile, readlink } from 'node:fs/promises';

export interface ProcessFacts {
  pid: number;
  command: string;
}

/** Linux keeps a folder for each process; one that ended meanwhile has none any more. */
async function factsOf(pid: number): Promise<{ command: string; folder: string } | null> {
  try {
    const [command, folder] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readlink(`/proc/${pid}/cwd`),
    ]);
    return { command: command.replaceAll('\0', ' ').trim(), folder };
  } catch {
    return null;
  }
}

/** Every process that works in the folder or names it: a server's own and those that it has launched. */
export async function processesOn(folder: string): Promise<ProcessFacts[]> {
  const found: ProcessFacts[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    const facts = Number.isInteger(pid) ? await factsOf(pid) : null;
    if (facts && (facts.command.includes(folder) || facts.folder.startsWith(folder))) {
      found.push({ pid, command: facts.command });
    }
  }
  return found;
}

/** The process and all below it. */
export async function familyOf(pid: number): Promise<number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const families = await Promise.all(
    children
      .split(' ')
      .filter(Boolean)
      .map((child) => familyOf(Number(child))),
  );
  return [pid, ...families.flat()];
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
