import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Method, RequestData } from '../../media/protocol.ts';
import { type ClassroomClient, refusalOf } from './environment/classroom-client.ts';
import {
  assistantClaims,
  observerClaims,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
} from './environment/node.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.close());

const enter = (claims: Parameters<TestNode['enter']>[0]) => node.enter(claims);

const page = (number: number) => ({ fileId: 'file-1', page: number });
const red = { color: 'red', width: 'thin' } as const;
/** So many points, from one on. */
const line = (count: number, first = 0) => Array.from({ length: 2 * count }, (_, index) => first + index);

function draw(
  client: ClassroomClient,
  id: string,
  { on = 1, from = 0, points }: { on?: number; from?: number; points: number[] },
) {
  return client.request('drawStroke', { ...page(on), from, stroke: { id, ...red, points } });
}

/** What somebody who comes in now is shown. */
async function seenBy(session: string) {
  const claims = { ...observerClaims(session), accountId: 'account-witness' } as const;
  const { client, answer } = await enter(claims);
  await client.request('leave', {});
  return answer;
}

/** The strokes of a page as a client without any memory of its own puts them together. */
function drawnOn(client: ClassroomClient, number: number): Record<string, number[]> {
  const strokes: Record<string, number[]> = {};
  for (const { page: of, from, stroke } of client.all('strokeDrawn')) {
    if (of !== number) continue;
    const before = strokes[stroke.id] ?? [];
    expect(before).toHaveLength(2 * from);
    strokes[stroke.id] = [...before, ...stroke.points];
  }
  return strokes;
}

describe('what the presenter draws', () => {
  it('grows before the eyes of all others, piece by piece', async () => {
    node.timetable.add('grows');
    const { client: presenter } = await enter(presenterClaims('grows'));
    const { client: room } = await enter(receiverClaims('grows'));
    expect(await draw(presenter, 's1', { points: [0, 0, 2_500, 10_000] })).toEqual({ points: 2 });
    expect(await room.hear('strokeDrawn')).toEqual({
      ...{ page: 1, from: 0 },
      stroke: { id: 's1', ...red, points: [0, 0, 2_500, 10_000] },
    });
    expect(await draw(presenter, 's1', { from: 2, points: [3_000, 9_000] })).toEqual({ points: 3 });
    // An answer was lost, and the piece is said again with what follows it.
    expect(await draw(presenter, 's1', { from: 2, points: [3_000, 9_000, 4_000, 8_000] })).toEqual({ points: 4 });
    expect(await draw(presenter, 's1', { from: 2, points: [3_000, 9_000] })).toEqual({ points: 4 });
    // One before it is missing: the answer says from where it is to be said.
    expect(await draw(presenter, 's1', { from: 9, points: [1, 1] })).toEqual({ points: 4 });
    await room.hear('strokeDrawn', 2);
    expect(drawnOn(room, 1)).toEqual({ s1: [0, 0, 2_500, 10_000, 3_000, 9_000, 4_000, 8_000] });
    expect(room.all('strokeDrawn')).toHaveLength(3);
    expect(presenter.all('strokeDrawn')).toEqual([]);
    expect(room.heard.filter(({ method }) => method === 'strokeDrawn').every(({ seq }) => seq !== null)).toBe(true);
  });

  it('is undone, and cleared from its page, again and again without harm', async () => {
    node.timetable.add('undone');
    const { client: presenter } = await enter(presenterClaims('undone'));
    const { client: room } = await enter(receiverClaims('undone'));
    for (const id of ['a', 'b', 'c']) await draw(presenter, id, { points: [1, 2] });
    await draw(presenter, 'd', { on: 2, points: [1, 2] });
    for (let again = 0; again < 2; again += 1) await presenter.request('undoStroke', { ...page(1), strokeId: 'b' });
    expect(await room.hear('strokeUndone')).toEqual({ page: 1, strokeId: 'b' });
    expect((await seenBy('undone')).ink.map(({ id }) => id)).toEqual(['a', 'c']);
    for (let again = 0; again < 2; again += 1) await presenter.request('clearInk', page(1));
    expect(await room.hear('inkCleared')).toEqual({ page: 1 });
    expect((await seenBy('undone')).ink).toEqual([]);
    await presenter.request('turnSlide', { page: 2 });
    expect((await seenBy('undone')).ink.map(({ id }) => id)).toEqual(['d']);
    expect(room.all('strokeUndone')).toHaveLength(1);
    expect(room.all('inkCleared')).toHaveLength(1);
    await node.node.endSession('undone');
    const { events } = node.sink.journal('recording-undone');
    expect(events.map(({ type }) => type)).toEqual([
      ...['slides', 'stroke', 'stroke', 'stroke', 'stroke', 'strokeUndone', 'inkCleared', 'slide'],
    ]);
    expect(events[1]).toMatchObject({
      fileId: 'file-1',
      page: 1,
      from: 0,
      stroke: { id: 'a', points: [1, 2] },
    });
  });

  it('belongs to its page, and is there again when that is turned to', async () => {
    node.timetable.add('pages');
    const { client: presenter } = await enter(presenterClaims('pages'));
    const { client: room } = await enter(receiverClaims('pages'));
    await draw(presenter, 'one', { points: [1, 1] });
    await presenter.request('turnSlide', { page: 2 });
    expect(await room.hear('slideTurned')).toMatchObject({ page: 2, ink: [] });
    // Drawn on the page before by a hand that was quicker than the line.
    await draw(presenter, 'two', { on: 1, points: [2, 2] });
    expect((await seenBy('pages')).ink).toEqual([]);
    await presenter.request('turnSlide', { page: 1 });
    const ink = [
      { id: 'one', ...red, points: [1, 1] },
      { id: 'two', ...red, points: [2, 2] },
    ];
    expect(await room.hear('slideTurned', 1)).toMatchObject({ page: 1, ink });
    expect(await presenter.hear('slideTurned', 1)).toMatchObject({ ink });
    expect((await seenBy('pages')).ink).toEqual(ink);
  });
});

describe('a line that breaks', () => {
  const resumed = async (resumeToken: string, lastSeq: number) => {
    const client = await node.connect();
    return { client, answer: await client.request('resume', { resumeToken, lastSeq }) };
  };

  it('under a room brings what was drawn meanwhile, or all of the page', async () => {
    node.timetable.add('room-lost');
    const { client: presenter } = await enter(presenterClaims('room-lost'));
    const { client: room, answer } = await enter(receiverClaims('room-lost'));
    await draw(presenter, 's', { points: line(3) });
    await room.hear('strokeDrawn');
    room.drop();
    await draw(presenter, 's', { from: 3, points: line(2, 6) });
    await draw(presenter, 'dot', { points: [9, 9] });
    const { client: back, answer: replay } = await resumed(answer.resumeToken, room.lastSeq);
    expect(replay.kind).toBe('replay');
    await back.hear('strokeDrawn', 1);
    room.heard.push(...back.heard);
    expect(drawnOn(room, 1)).toEqual({ s: line(5), dot: [9, 9] });

    back.drop();
    const { answer: whole } = await resumed(answer.resumeToken, 1_000_000);
    expect(whole).toMatchObject({
      kind: 'snapshot',
      snapshot: {
        ink: [
          { id: 's', points: line(5) },
          { id: 'dot', points: [9, 9] },
        ],
      },
    });
  });

  it('under the presenter in mid-stroke leaves the same stroke to all', async () => {
    node.timetable.add('presenter-lost');
    const { client: presenter, answer } = await enter(presenterClaims('presenter-lost'));
    const { client: room } = await enter(receiverClaims('presenter-lost'));
    await draw(presenter, 's', { points: line(3) });
    // Of the next piece nobody knows whether it arrived.
    void draw(presenter, 's', { from: 3, points: line(2, 6) }).catch(() => undefined);
    presenter.drop();
    const { client: back } = await resumed(answer.resumeToken, answer.seq);
    expect(await draw(back, 's', { from: 3, points: line(4, 6) })).toEqual({ points: 7 });
    await expect.poll(() => drawnOn(room, 1)).toEqual({ s: line(7) });
    expect((await seenBy('presenter-lost')).ink).toMatchObject([{ points: line(7) }]);
  });
});

describe('a pen', () => {
  it('is in the presenter’s hand alone', async () => {
    node.timetable.add('alone');
    const { client: presenter } = await enter(presenterClaims('alone'));
    await draw(presenter, 'kept', { points: [5, 5] });
    for (const claims of [receiverClaims('alone'), assistantClaims('alone'), observerClaims('alone')]) {
      const { client } = await enter(claims);
      const asked = [
        ['drawStroke', { ...page(1), from: 0, stroke: { id: 'x', ...red, points: [1, 1] } }],
        ['undoStroke', { ...page(1), strokeId: 'kept' }],
        ['clearInk', page(1)],
      ] as const satisfies { [M in Method]: readonly [M, RequestData<M>] }[Method][];
      for (const [method, data] of asked)
        expect(await refusalOf(client.requestRaw(method, data)), method).toBe('method_not_allowed');
    }
    expect((await seenBy('alone')).ink).toMatchObject([{ id: 'kept' }]);
  });

  it('writes on the slides that are shown, in what there is of colours, and nowhere beside', async () => {
    node.timetable.add('beside');
    const { client: presenter } = await enter(presenterClaims('beside'));
    const stroke = { id: 's', ...red, points: [1, 1] };
    const said = { ...page(1), from: 0, stroke };
    const wrong: [object, string][] = [
      [{ ...said, fileId: 'file-2' }, 'not_found'],
      [{ ...said, page: 13 }, 'not_found'],
      [{ ...said, page: 0 }, 'bad_request'],
      [{ ...said, from: -1 }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, color: '#ff0000' } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, width: 7 } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, id: '<svg>' } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, id: 'x'.repeat(17) } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, points: [] } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, points: [1, 2, 3] } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, points: [1, 10_001] } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, points: [1, 0.5] } }, 'bad_request'],
      [{ ...said, stroke: { ...stroke, points: line(65) } }, 'bad_request'],
    ];
    for (const [data, code] of wrong)
      expect(await refusalOf(presenter.requestRaw('drawStroke', data)), JSON.stringify(data)).toBe(code);
    expect(await refusalOf(presenter.request('clearInk', { fileId: 'file-2', page: 1 }))).toBe('not_found');
    expect((await seenBy('beside')).ink).toEqual([]);

    node.timetable.add('not-begun', { state: 'scheduled', startedAt: null });
    const { client: early } = await enter(presenterClaims('not-begun'));
    expect(await refusalOf(draw(early, 's', { points: [1, 1] }))).toBe('session_not_open');
  });

  it('is told when a page is full; another one takes more', async () => {
    node.timetable.add('full');
    const { client: presenter } = await enter(presenterClaims('full'));
    const { client: room } = await enter(receiverClaims('full'));
    const outcomes: unknown[] = [];
    for (let piece = 0; piece < 63; piece += 1)
      outcomes.push(
        await refusalOf(draw(presenter, `s${piece % 3}`, { from: 64 * Math.floor(piece / 3), points: line(64) })),
      );
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(62);
    expect(outcomes.at(-1)).toBe('page_ink_full');
    expect(room.all('strokeDrawn').length).toBeLessThanOrEqual(62);
    const { client: late, answer } = await enter(observerClaims('full'));
    expect(answer.ink).toEqual([]);
    const pointsOf = (strokes: Record<string, number[]>) => Object.values(strokes).flat().length / 2;
    await expect.poll(() => pointsOf(drawnOn(late, 1))).toBe(62 * 64);
    expect(JSON.stringify(drawnOn(late, 1)).length).toBeLessThan(65_536);
    expect(await draw(presenter, 'next', { on: 2, points: line(64) })).toEqual({ points: 64 });
    await presenter.request('clearInk', page(1));
    expect(await draw(presenter, 'again', { points: line(64) })).toEqual({ points: 64 });
  });
});
