import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf } from '../e2e/environment/processes.ts';
import { MiB } from './transfer.ts';

/** Resident memory of a process, in MiB (proc(5), VmRSS). */
export async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  if (!found) throw new Error(`The process ${pid} says nothing of its memory.`);
  return (Number(found[1]) * 1024) / MiB;
}

const everyMs = 50;

/** Runs the work and looks at the memory meanwhile. @returns the most that was seen, in MiB */
export async function peakMiB(pid: number, work: () => Promise<void>): Promise<number> {
  let peak = 0;
  let over = false;
  const looking = (async () => {
    while (!over) {
      peak = Math.max(peak, await residentMiB(pid));
      await sleep(everyMs);
    }
  })();
  try {
    await work();
  } finally {
    over = true;
    await looking;
  }
  return peak;
}

/** Ticks a second of /proc's times; Linux shows user space 100 on every machine (times(2), USER_HZ). */
const ticksPerSecond = 100;

/** Seconds of one core that a process has used so far, those of its threads included (proc(5), utime and stime). */
export async function cpuSeconds(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; the third field follows it.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The server's process and its media worker. What else it has launched has no part in a lesson. */
export async function mediaProcesses(pid: number): Promise<number[]> {
  const family = await familyOf(pid);
  const found: number[] = [];
  for (const member of family) {
    const command = await readFile(`/proc/${member}/cmdline`, 'utf8');
    if (member === pid || command.includes('mediasoup-worker')) found.push(member);
  }
  if (found.length !== 2) throw new Error(`A server and one worker were expected: ${found.length} processes.`);
  return found;
}

/** Seconds of one core that these have used so far, altogether. */
export async function cpuOf(pids: readonly number[]): Promise<number> {
  const used = await Promise.all(pids.map(cpuSeconds));
  return used.reduce((sum, seconds) => sum + seconds, 0);
}
