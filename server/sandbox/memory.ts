import { readdir, readFile } from 'node:fs/promises';
import { unlessGone } from './unless-gone.ts';

/** Of most machines; where they are larger we count too little. */
const PAGE_BYTES = 4096;
async function childrenOf(pid: number): Promise<number[]> {
  const threads = await unlessGone(readdir(`/proc/${pid}/task`), []);
  const lists = await Promise.all(
    threads.map((thread) => unlessGone(readFile(`/proc/${pid}/task/${thread}/children`, 'utf8'), '')),
  );
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** What a process and all that came of it hold in memory together; the kernel's limit is for each of them alone. */
export async function memoryOf(pid: number): Promise<number> {
  let bytes = 0;
  const waiting = [pid];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const [, resident = 0] = (await unlessGone(readFile(`/proc/${at}/statm`, 'utf8'), '')).split(' ').map(Number);
    bytes += PAGE_BYTES * resident;
    waiting.push(...(await childrenOf(at)));
  }
  return bytes;
}
