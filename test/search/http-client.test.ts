import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { MeilisearchApiError } from 'meilisearch';
import { expect, it, onTestFinished } from 'vitest';
import { createHttpClient } from '../../search/http-client.ts';

/** Something that answers in Meilisearch's place, in ways in which it cannot be made to answer. */
async function openPeer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: new URL('/indexes', address), ask: createHttpClient(address), connections: () => connections };
}

it('sends method, headers and body, and reads what is answered', async () => {
  const { url, ask } = await openPeer((request, response) => {
    const { method, headers } = request;
    void text(request).then((body) => response.end(JSON.stringify({ method, key: headers.authorization, body })));
  });
  const answer = await ask(url, { method: 'POST', headers: { Authorization: 'Bearer key' }, body: '{"q":"分数"}' });
  expect(answer).toEqual({ method: 'POST', key: 'Bearer key', body: '{"q":"分数"}' });
});

it('asks over one connection as long as it is asked in turn', async () => {
  const { url, ask, connections } = await openPeer((_, response) => void response.end('{}'));
  for (let time = 0; time < 5; time += 1) expect(await ask(url)).toEqual({});
  expect(connections()).toBe(1);
});

it('takes an empty answer for none', async () => {
  const { url, ask } = await openPeer((_, response) => void response.writeHead(204).end());
  expect(await ask(url, { method: 'DELETE' })).toBeUndefined();
});

it('tells a refusal with the code of Meilisearch', async () => {
  const refusal = { message: 'Index `x` not found.', code: 'index_not_found', type: 'invalid_request', link: '' };
  const { url, ask } = await openPeer((_, response) => void response.writeHead(404).end(JSON.stringify(refusal)));
  const failure = await ask(url).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MeilisearchApiError);
  expect(failure).toMatchObject({ cause: { code: 'index_not_found' }, response: { status: 404 } });
});

it('fails for what is no JSON, breaks off, or is not there', async () => {
  const words = await openPeer((_, response) => void response.end('<html>'));
  await expect(words.ask(words.url)).rejects.toThrow(SyntaxError);
  const half = await openPeer((request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"hits":');
    setTimeout(() => request.socket.destroy(), 20);
  });
  await expect(half.ask(half.url)).rejects.toMatchObject({ code: 'ECONNRESET' });
  const nobody = createHttpClient('http://127.0.0.1:9');
  await expect(nobody(new URL('http://127.0.0.1:9'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('stops when it is told to, also while the answer is on its way', async () => {
  const { url, ask } = await openPeer((_, response) => void response.writeHead(200).write('{'));
  const abort = new AbortController();
  const asking = ask(url, { signal: abort.signal });
  setTimeout(() => abort.abort(), 50);
  await expect(asking).rejects.toThrow(/abort/i);
});
