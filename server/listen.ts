import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { networkInterfaces } from 'node:os';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Config } from './config.ts';
import { StartError } from './embedded/start-error.ts';

export type Fetch = Parameters<typeof getRequestListener>[0];

export interface Listening {
  server: Server | SecureServer;
  /** Stops accepting, lets answers under way end, and cuts what is left after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  fetch: Fetch;
  host: string;
  port: number;
  /** PEM; with it the server speaks HTTPS. */
  tls?: { cert: string; key: string };
}

/** @throws StartError when the port is taken or may not be used. */
export async function listen({ fetch, host, port, tls }: ListenOptions): Promise<Listening> {
  const answer = getRequestListener(fetch);
  const listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void answer(incoming, outgoing);
  const server = tls ? createSecureServer(tls, listener) : createServer(listener);
  // A download over a bad line takes as long as it takes; a client that sends no header does not get to wait.
  server.requestTimeout = 0;
  server.headersTimeout = 20_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((cause: NodeJS.ErrnoException) => {
    throw portError(cause, port, tls !== undefined);
  });
  // Node leaves a socket that was upgraded to whoever took it, but waits for it when it closes.
  const upgraded = new Set<Duplex>();
  server.on('upgrade', (_request, socket: Duplex) => {
    upgraded.add(socket);
    // Before the classroom is there, and after it has closed, nobody else listens; unheard, an error ends the process.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => upgraded.delete(socket));
  });
  return {
    server,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

function portError(cause: NodeJS.ErrnoException, port: number, secure: boolean): Error {
  const setting = secure ? 'TLS_PORT' : 'PORT';
  if (cause.code === 'EADDRINUSE') {
    return new StartError(`Port ${port} is taken by another program.`, `Stop it, or set ${setting} to another port.`, {
      cause,
    });
  }
  if (cause.code === 'EACCES') {
    return new StartError(`Port ${port} may not be used.`, `Set ${setting} to a port above 1023, or start as root.`, {
      cause,
    });
  }
  return cause;
}

/** What the media workers throw, in words for the operator where their port is taken. */
export function mediaPortError(cause: unknown, firstPort: number): unknown {
  if (!(cause instanceof Error) || !/address already in use/i.test(cause.message)) return cause;
  return new StartError(
    `A port of the classroom is taken by another program; they begin at ${firstPort}, one a media worker.`,
    'Stop it, or set MEDIA_PORT to another port.',
    { cause },
  );
}

/** Under which other machines reach the server, encrypted; null where it is known to none. */
export function publicAddress({ PUBLIC_URL, TLS, TLS_PORT, HOST }: Config): string | null {
  if (PUBLIC_URL !== undefined) return PUBLIC_URL;
  const [address] = HOST === '0.0.0.0' || HOST === '::' ? networkAddresses() : [HOST];
  if (TLS === 'off' || address === undefined || ['localhost', '127.0.0.1', '::1'].includes(address)) return null;
  return `https://${address.includes(':') ? `[${address}]` : address}:${TLS_PORT}`;
}

/** IPv4 addresses of this machine in its networks, for links that people of other schools type. */
export function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4' && !address.internal)
    .map((address) => address.address);
}
