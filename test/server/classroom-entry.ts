import { once } from 'node:events';
import { expect, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { notifications, type RequestAnswer, serverFrame } from '../../media/protocol.ts';
import type { ClassSessionJoin } from '../../server/class-sessions/schema.ts';

/** What is told after the answer comes in its own time, also on a busy machine. */
export const soon = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 8000 });

/** Enters the classroom as a client does, as far as the wire goes: no media. */
export async function enter({ url, token }: ClassSessionJoin) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.terminate());
  let nextId = 0;
  const answers = new Map<number, (frame: { ok: boolean; data?: unknown; error?: { code: string } }) => void>();
  const told: { method: string; data: unknown }[] = [];
  socket.on('message', (data) => {
    const frame = serverFrame.parse(JSON.parse(data.toString()));
    if (frame.type === 'notification') told.push(frame);
    else answers.get(frame.id)?.(frame);
  });
  const call = (method: string, data: unknown) =>
    new Promise<{ ok: boolean; data?: unknown; error?: { code: string } }>((resolve) => {
      nextId += 1;
      answers.set(nextId, resolve);
      socket.send(JSON.stringify({ type: 'request', id: nextId, method, data }));
    });
  await once(socket, 'open');
  await soon(() => expect(told.map(({ method }) => method)).toContain('hello'));
  const { routerRtpCapabilities } = notifications.hello.parse(told[0]?.data);
  const joined = await call('join', { token, rtpCapabilities: routerRtpCapabilities });
  return { socket, call, told, joined, answer: joined.data as RequestAnswer<'join'> };
}
