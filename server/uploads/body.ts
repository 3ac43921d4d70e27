import type { IncomingMessage } from 'node:http';
import { ReadableStream } from 'node:stream/web';

/**
 * The same request with its body straight from the socket. The body that the HTTP server makes is a copy of each piece,
 * and collecting the copies takes as long as writing them.
 *
 * @param incoming undefined in a request that came over no socket
 */
export function withoutCopies(request: Request, incoming: IncomingMessage | undefined): Request {
  if (incoming === undefined || request.method !== 'PATCH') return request;
  const { url, method, headers, signal } = request;
  // An upload that has to give way is still answered, so its connection stays.
  const body = ReadableStream.from<Uint8Array>(incoming.iterator({ destroyOnReturn: false }));
  // The DOM's types do not know that Node wants to be told so (undici, RequestInit.duplex).
  const init: RequestInit & { duplex: 'half' } = {
    ...{ method, headers, signal, duplex: 'half' },
    body: body as globalThis.ReadableStream,
  };
  return new Request(url, init);
}
