import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { openProbeSocket } from '../../../web/room-check/probe-socket.ts';
import { openNode } from '../classroom/node-in-test.ts';

it('asks as the classroom does, and gives on what the node refuses', async () => {
  const node = await openNode({});
  const socket = openProbeSocket(node.url);
  await socket.opened;
  await expect(socket.request('openProbe', { token: 'x' })).rejects.toMatchObject({ code: 'not_found' });
  expect(node.peers[0]?.asked).toEqual([{ method: 'openProbe', data: { token: 'x' } }]);
  const waiting = socket.request('beginPath', {}).catch((error: unknown) => error);
  socket.close();
  expect(await waiting).toMatchObject({ code: expect.stringMatching(/line_lost|not_found/) });
  await node.close();
});

it('does not wait for ever for a node that takes the line and says nothing', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = openProbeSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/classroom`, 100);
  await expect(socket.opened).rejects.toMatchObject({ code: 'line_lost' });
  server.close();
});
