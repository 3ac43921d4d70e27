import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

type Way = 'sent' | 'received';

/** The network between a browser and the server: it can be lost, comes back, and knows how much went through. */
export interface Line {
  /** Where the browser reaches the server. */
  address: string;
  /** Bytes that the browser has sent into it so far. */
  sentBytes(): number;
  /** Bytes that the server has sent into it so far. */
  receivedBytes(): number;
  /** Loses the network as soon as that many bytes have been sent, or received. Resolves when it is lost. */
  loseAfter(bytes: number, way?: Way): Promise<void>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param target the server's address, such as `http://localhost:8080`
 * @param bytesPerSecond that it receives at most; what is lost on a fast line is more than the browser has told its page of
 */
export async function openLine(target: string, bytesPerSecond = Number.POSITIVE_INFINITY): Promise<Line> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const carried = { sent: 0, received: 0 };
  let limit: { way: Way; bytes: number; lost(): void } | null = null;

  function carry(from: Socket, to: Socket, way: Way): void {
    from.on('end', () => to.end());
    from.on('data', (chunk) => {
      carried[way] += chunk.length;
      if (limit?.way === way && carried[way] >= limit.bytes) return lose();
      const takesMs = way === 'received' ? (chunk.length * 1000) / bytesPerSecond : 0;
      const isFull = !to.write(chunk);
      if (!isFull && takesMs === 0) return;
      from.pause();
      const goOn = () => setTimeout(() => from.resume(), takesMs);
      if (isFull) to.once('drain', goOn);
      else goOn();
    });
  }

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
    carry(near, far, 'sent');
    carry(far, near, 'received');
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
    sentBytes: () => carried.sent,
    receivedBytes: () => carried.received,
    loseAfter: (bytes, way = 'sent') =>
      new Promise((resolve) => {
        limit = { way, bytes: carried[way] + bytes, lost: resolve };
      }),
    restore: () => listen(own),
    async close() {
      if (door.listening) lose();
    },
  };
}
