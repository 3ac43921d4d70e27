import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { z } from 'zod';
import { nodeBinary } from '../../../infra/install/node-binary.mjs';

export interface Peer {
  pid: number;
  /** Such as `http://127.0.0.1:40123`. */
  address: string;
  stop(): Promise<void>;
}

/** Runs what we are compared with as a process of its own, as ours is one. It says its port, and ends when we leave it. */
export async function launchPeer(program: string, args: readonly string[]): Promise<Peer> {
  const child = fork(join(import.meta.dirname, program), [...args], { execPath: nodeBinary() });
  const ended = once(child, 'exit');
  const said = await Promise.race([once(child, 'message'), ended.then(() => [])]);
  const port = z.number().safeParse(said[0]);
  if (!port.success || child.pid === undefined) throw new Error(`${program} did not start.`);
  return {
    pid: child.pid,
    address: `http://127.0.0.1:${port.data}`,
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
