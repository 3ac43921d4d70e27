import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The network between a browser and the server: it can be lost, comes back, and knows how much went through. */
export interface Line {
  /** Where the browser reaches the server. */
  address: string;
  /** Bytes that the browser has sent into it so far. */
  sentBytes(): number;
  /** Loses the network as soon as that many bytes have been sent. Resolves when it is lost. */
  loseAfter(bytes: number): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** @param target the server's address, such as `http://localhost:8080` */
export async function openLine(target: string): Promise<Line> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let sent = 0;
  let limit: { bytes: number; lost(): void } | null = null;

  const door = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      // A broken half ends the other one: the browser sees a lost connection.
      socket.on('error', () => other.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    far.pipe(near);
    near.on('end', () => far.end());
    near.on('data', (chunk) => {
      sent += chunk.length;
      if (limit && sent >= limit.bytes) return lose();
      if (!far.write(chunk)) {
        near.pause();
        far.once('drain', () => near.resume());
      }
    });
  });

  function lose(): void {
    door.close();
    for (const socket of sockets) socket.destroy();
    limit?.lost();
    limit = null;
  }
  const listen = (at: number) => new Promise<void>((resolve) => door.listen(at, '127.0.0.1', resolve));
  await listen(0);
  const own = (door.address() as AddressInfo).port;
  return {
    address: `http://127.0.0.1:${own}`,
    sentBytes: () => sent,
    loseAfter: (bytes) =>
      new Promise((resolve) => {
        limit = { bytes: sent + bytes, lost: resolve };
      }),
    restore: () => listen(own),
    async close() {
      if (door.listening) lose();
    },
  };
}
