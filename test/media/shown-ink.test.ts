import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Stroke } from '../../media/protocol.ts';
import type { ClassroomClient } from './environment/classroom-client.ts';
import { presenterClaims, receiverClaims, startNode, type TestNode, token } from './environment/node.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.close());

const style = { color: 'red', width: 'thin' } as const;
const drawing = Array.from({ length: 40 }, (_, index) => ({
  ...{ id: `s${index}`, ...style },
  points: Array.from({ length: index === 20 ? 600 : 60 }, (_, at) => (index * 131 + at * 977) % 10_001),
}));

async function presenterWhoDrew(session: string): Promise<ClassroomClient> {
  node.timetable.add(session);
  const presenter = await node.connect();
  await presenter.join(await token(presenterClaims(session)));
  for (const { points, ...stroke } of drawing)
    for (let from = 0; 2 * from < points.length; from += 64)
      await presenter.request('drawStroke', {
        ...{ fileId: 'file-1', page: 1, from },
        stroke: { ...stroke, points: points.slice(2 * from, 2 * from + 128) },
      });
  return presenter;
}

/** What came with the page, and the strokes that it and what followed make. */
async function put(client: ClassroomClient, first: readonly Stroke[]) {
  const strokes = new Map(first.map((stroke) => [stroke.id, stroke.points]));
  const whole = () => {
    for (const { from, stroke } of client.all('strokeDrawn')) {
      const before = strokes.get(stroke.id)?.slice(0, 2 * from) ?? [];
      expect(before).toHaveLength(2 * from);
      strokes.set(stroke.id, [...before, ...stroke.points]);
    }
    return [...strokes].map(([id, points]) => ({ id, ...style, points }));
  };
  await expect.poll(whole).toEqual(drawing);
  const frames = client.heard.map(({ data }) => JSON.stringify(data).length);
  expect(Math.max(JSON.stringify(first).length, ...frames)).toBeLessThan(8_192);
}

it('comes in parts to who comes in, who comes back, and who is turned to it', async () => {
  const presenter = await presenterWhoDrew('parts');
  const room = await node.connect();
  const { ink, resumeToken } = await room.join(await token(receiverClaims('parts')));
  expect(ink.length).toBeGreaterThan(5);
  await put(room, ink);

  room.drop();
  const back = await node.connect();
  const answer = await back.request('resume', { resumeToken, lastSeq: 1_000_000 });
  if (answer.kind !== 'snapshot') throw new Error('replayed');
  await put(back, answer.snapshot.ink);

  await presenter.request('turnSlide', { page: 2 });
  await back.hear('slideTurned');
  back.heard.length = 0;
  await presenter.request('turnSlide', { page: 1 });
  await put(back, (await back.hear('slideTurned')).ink);
});

it('has something to go on from when a thin line breaks in the midst of it', async () => {
  const presenter = await presenterWhoDrew('broken');
  const room = await node.connect();
  const { resumeToken } = await room.join(await token(receiverClaims('broken')));
  await presenter.request('turnSlide', { page: 2 });
  await presenter.request('turnSlide', { page: 1 });
  const { ink } = await room.hear('slideTurned', 1);
  await room.hear('strokeDrawn', 30);
  room.drop();
  // Of all that was on its way a part arrived.
  const turned = room.heard.findLast(({ method }) => method === 'slideTurned')?.seq ?? 0;
  const back = await node.connect();
  expect(await back.request('resume', { resumeToken, lastSeq: turned })).toMatchObject({ kind: 'replay' });
  await put(back, ink);
  expect(back.all('slideTurned')).toEqual([]);
});
