/** As little as can take and give a file: GET and PUT below the folder that the first argument names. Says its port by IPC. */
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('file-server.ts <folder>');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = join(folder ?? '', new URL(request.url ?? '/', 'http://localhost').pathname);
  if (request.method === 'PUT') {
    // `flush`: fsync before it is closed.
    await pipeline(request, createWriteStream(path, { flush: true }));
    response.writeHead(204).end();
    return;
  }
  const { size } = await stat(path);
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size });
  await pipeline(createReadStream(path), response);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
