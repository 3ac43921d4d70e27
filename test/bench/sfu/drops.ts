import { readFile } from 'node:fs/promises';

/** Packets that the kernel has thrown away because these UDP sockets were full (proc(5), net/udp, drops). */
export async function droppedAt(ports: ReadonlySet<number>): Promise<number> {
  const [, ...lines] = (await readFile('/proc/net/udp', 'utf8')).trim().split('\n');
  let dropped = 0;
  for (const line of lines) {
    const fields = line.trim().split(/\s+/);
    const port = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
    if (ports.has(port)) dropped += Number(fields[12]);
  }
  return dropped;
}
