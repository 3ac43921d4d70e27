import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** A door in front of a real server: closed, the server is unreachable, as if it were down. */
export interface SwitchableServer {
  url: string;
  cut(): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function createSwitchableServer(target: string): Promise<SwitchableServer> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const door = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.pipe(other);
      // A broken half ends the other one; the client sees a lost connection, which is what is wanted.
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
  });
  const listen = (at: number) => new Promise<void>((resolve) => door.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const own = (door.address() as AddressInfo).port;

  async function cut(): Promise<void> {
    if (!door.listening) return;
    const closed = new Promise<void>((resolve) => door.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  }
  return { url: `http://127.0.0.1:${own}`, cut, restore: () => listen(own), close: cut };
}
