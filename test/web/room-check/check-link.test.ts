import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import { ClassroomFailure } from '../../../web/classroom/failure.ts';
import { useLocalDevice } from '../../../web/classroom/local-media.ts';
import { checkLink } from '../../../web/room-check/check-link.ts';
import { measureDown, measureUp } from '../../../web/room-check/line-speed.ts';
import { ofOneWay, unreachable } from '../../../web/room-check/link-probe.ts';
import { useRoomCheck } from '../../../web/room-check/use-room-check.ts';
import { openNode } from '../classroom/node-in-test.ts';

const closings: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
  vi.unstubAllGlobals();
});

const realFetch = globalThis.fetch;
const { signal } = new AbortController();
const way = { reachable: true, rttMs: 9, lossUp: 0, lossDown: 0 };

function closeServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** A server that the page's requests reach. */
async function serve(listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closings.push(() => closeServer(server));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubGlobal('location', new URL(origin));
  vi.stubGlobal('dispatchEvent', () => true);
  vi.stubGlobal('fetch', (path: string, init: RequestInit) =>
    realFetch(new URL(path, origin), { ...init, ...(init.body instanceof Blob && { duplex: 'half' }) }),
  );
}

/** An API that measures, and gives a token for this node or refuses it. */
const api =
  (linkCheck: { url: string } | number, reported: unknown[] = []): RequestListener =>
  async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/api/device/link-check') {
      response.statusCode = typeof linkCheck === 'number' ? linkCheck : 200;
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify(typeof linkCheck === 'number' ? { code: 'unavailable' } : { token: 't', ...linkCheck }),
      );
    } else if (request.url === '/api/device/check') {
      reported.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
    } else if (request.method === 'GET') response.end(Buffer.alloc(200_000));
    else response.writeHead(204).end();
  };

it('measures what comes of a line that stands still after a while, and goes on', async () => {
  await serve((request, response) => {
    response.write(Buffer.alloc(10_000));
    const timer = setInterval(() => response.write(Buffer.alloc(10_000)), 20);
    setTimeout(() => clearInterval(timer), 200);
    request.resume();
  });
  const kbps = await measureDown(signal, 1_000);
  expect(kbps).toBeGreaterThan(100);
  // 100 kB in a second, of which it stood still for most.
  expect(kbps).toBeLessThan(1_500);
});

it('has no speed for a line on which nothing comes or the server refuses', async () => {
  await serve((request) => request.resume());
  expect(await measureDown(signal, 200)).toBeNull();
  expect(await measureUp(signal, 200)).toBeNull();
  await serve((request, response) => {
    request.resume();
    response.writeHead(503).end();
  });
  expect(await measureDown(signal)).toBeNull();
  expect(await measureUp(signal)).toBeNull();
  const given = new AbortController();
  await serve((request) => {
    request.resume();
    given.abort();
  });
  await expect(measureDown(given.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

it('calls a node unreachable only when its socket does not open', async () => {
  await serve(api({ url: 'http://127.0.0.1:9/classroom' }));
  expect(await checkLink(signal)).toMatchObject({ udp: unreachable, tcp: unreachable, relay: null });
  await serve(api(503));
  await expect(checkLink(signal)).rejects.toMatchObject({ name: 'ApiError', code: 'unavailable' });
  const node = await openNode({});
  closings.push(() => node.close());
  await serve(api({ url: node.url }));
  await expect(checkLink(signal)).rejects.toMatchObject({ name: 'ClassroomFailure', code: 'not_found' });
});

it('takes a way on which the browser fails for one that leads nowhere, but not a refusal', async () => {
  expect(await ofOneWay(signal, Promise.resolve(way))).toEqual(way);
  expect(await ofOneWay(signal, Promise.reject(new Error('no candidates')))).toEqual(unreachable);
  await expect(ofOneWay(signal, Promise.reject(new ClassroomFailure('line_lost')))).rejects.toThrow('line_lost');
});

it('makes up for a check that a lesson came in the way of', async () => {
  const reported: unknown[] = [];
  await serve(api({ url: 'http://127.0.0.1:9/classroom' }, reported));
  vi.stubGlobal(
    'AudioContext',
    class {
      state = 'suspended';
      resume = async () => undefined;
      close = async () => undefined;
    },
  );
  const inLesson = ref(false);
  const scope = effectScope();
  closings.push(() => scope.stop());
  const check = scope.run(() =>
    useRoomCheck({
      camera: useLocalDevice('camera'),
      microphone: useLocalDevice('microphone'),
      ready: () => true,
      inLesson: () => inLesson.value,
      askedAt: () => null,
      next: () => null,
      now: () => 0,
    }),
  );
  inLesson.value = true;
  await nextTick();
  // As long as the room settles after power-on, and some more.
  await new Promise((done) => setTimeout(done, 2_000));
  expect(check?.running.value).toBe(false);
  inLesson.value = false;
  await vi.waitFor(() => expect(reported).toHaveLength(1), { timeout: 5_000 });
  expect(reported[0]).toMatchObject({ reason: 'power_on', found: { link: { udp: unreachable } } });
});
