import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { limitBody } from '../../server/http/body-limit.ts';
import { answerFailure } from '../../server/http/failure.ts';
import { numberRequests } from '../../server/http/request-log.ts';
import { createRouter } from '../../server/http/route.ts';
import { type Listening, listen } from '../../server/listen.ts';

const withinMs = 300;
const log = pino({ level: 'silent' });
let listening: Listening;
beforeAll(async () => {
  const app = createRouter();
  app.onError(answerFailure);
  app.use(numberRequests(log));
  app.post('/', limitBody(1024, withinMs), async (c) => c.text(`told: ${await c.req.text()}`));
  app.post('/slow', limitBody(1024, withinMs), async (c) => {
    await pause(2 * withinMs);
    return c.text(`told: ${await c.req.text()}`);
  });
  listening = await listen({ fetch: app.fetch, host: '127.0.0.1', port: 0 });
});
afterAll(() => listening.close(100));

/** Sends pieces of a body with pauses between them. @returns all that is answered until the line is closed */
async function send(path: string, header: string, pieces: readonly string[], pauseMs = 0): Promise<string> {
  const socket = connect((listening.server.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const answer = text(socket).catch(() => '');
  socket.write(`POST ${path} HTTP/1.1\r\nHost: tongke.test\r\nConnection: close\r\n${header}\r\n\r\n`);
  for (const piece of pieces) {
    if (!socket.writable) break;
    socket.write(piece);
    await pause(pauseMs);
  }
  return await answer;
}

it('takes a body that comes in pieces', async () => {
  expect(await send('/', 'Content-Length: 6', ['abc', 'def'], 20)).toContain('told: abcdef');
  expect(await send('/', 'Transfer-Encoding: chunked', ['3\r\nabc\r\n', '0\r\n\r\n'], 20)).toContain('told: abc');
});

it.each([
  ['Content-Length: 1000', 'abc'],
  ['Transfer-Encoding: chunked', '3\r\nabc\r\n'],
])('cuts off who does not go on (%s)', async (header, piece) => {
  const began = performance.now();
  expect(await send('/', header, [piece])).not.toContain('told');
  expect(performance.now() - began).toBeLessThan(5_000);
});

it('waits for what is done with a body that has come', async () => {
  expect(await send('/slow', 'Content-Length: 3', ['abc'])).toContain('told: abc');
});
