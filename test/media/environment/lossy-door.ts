import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';

/**
 * A door in front of a node: of its first visitors it lets through all that they say, and breaks the line under the
 * node's answer to their first frame.
 */
export async function openLossyDoor(target: string, losses: number) {
  const { hostname, port, pathname } = new URL(target);
  let visitors = 0;
  const door = createServer((near) => {
    const loses = visitors++ < losses;
    const far = connect(Number(port), hostname);
    /** Upgrade first, then the first frame. */
    let said = 0;
    near.on('data', (data) => {
      said += 1;
      far.write(data);
    });
    far.on('data', (data) => {
      if (!loses || said < 2) near.write(data);
      else for (const socket of [near, far]) socket.destroy();
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  return {
    url: `ws://127.0.0.1:${(door.address() as AddressInfo).port}${pathname}`,
    visitors: () => visitors,
    close: () => door.close(),
  };
}
