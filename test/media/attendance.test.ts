import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Attendance } from '../../media/attendance.ts';
import { Participant } from '../../media/participant.ts';
import { refusalOf } from './environment/classroom-client.ts';
import {
  log,
  observerClaims,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  Timetable,
  token,
} from './environment/node.ts';

describe('the sound that a room receives', () => {
  const hearing = () => {
    const hooks = new Timetable();
    const attendance = new Attendance({ classSessionId: 'lesson', hooks, log, headCounts: [] });
    const room = new Participant(receiverClaims('lesson'), { codecs: [], headerExtensions: [] }, 'all');
    return { hooks, attendance, room };
  };

  it('is what was not made up, over the time between its reports', () => {
    const { hooks, attendance, room } = hearing();
    attendance.report(room, { concealed: 0 }, 0);
    attendance.report(room, { concealed: 0.5 }, 10_000);
    attendance.report(room, { concealed: 0 }, 20_000);
    // Every microphone is off: there was nothing to hear.
    attendance.report(room, { concealed: null }, 30_000);
    attendance.left(room, 35_000);
    attendance.left(room, 36_000);
    expect(hooks.received).toEqual([{ roomId: 'room-1', expectedMs: 20_000, receivedMs: 15_000 }]);
  });

  it('is told each minute, and does not count what the room was silent about', () => {
    const { hooks, attendance, room } = hearing();
    for (let at = 0; at <= 60_000; at += 10_000) attendance.report(room, { concealed: 0.1 }, at);
    expect(hooks.received).toEqual([{ roomId: 'room-1', expectedMs: 60_000, receivedMs: 54_000 }]);
    attendance.report(room, { concealed: 0 }, 110_000);
    attendance.left(room, 140_000);
    expect(hooks.received[1]).toEqual({ roomId: 'room-1', expectedMs: 80_000, receivedMs: 15_000 });
  });

  it('is missed, in a time without a word, if there was something to hear before it', () => {
    const before = hearing();
    before.attendance.report(before.room, { concealed: 0 }, 0);
    before.attendance.report(before.room, { concealed: null }, 45_000);
    before.attendance.left(before.room, 46_000);
    expect(before.hooks.received).toEqual([{ roomId: 'room-1', expectedMs: 30_000, receivedMs: 0 }]);
    const after = hearing();
    after.attendance.report(after.room, { concealed: null }, 0);
    after.attendance.report(after.room, { concealed: 0 }, 45_000);
    after.attendance.left(after.room, 46_000);
    expect(after.hooks.received).toEqual([{ roomId: 'room-1', expectedMs: 15_000, receivedMs: 15_000 }]);
  });

  it('is told again with the next, when it was not taken', async () => {
    const { hooks, attendance, room } = hearing();
    vi.spyOn(hooks, 'audioReceived').mockRejectedValueOnce(new Error('the database is away'));
    for (let at = 0; at <= 60_000; at += 10_000) attendance.report(room, { concealed: 0.1 }, at);
    await Promise.resolve();
    expect(hooks.received).toEqual([]);
    attendance.report(room, { concealed: 0 }, 70_000);
    expect(hooks.received).toEqual([{ roomId: 'room-1', expectedMs: 70_000, receivedMs: 64_000 }]);
  });

  it('is none of a person who watches', () => {
    const { hooks, attendance } = hearing();
    const watching = new Participant(observerClaims('lesson'), { codecs: [], headerExtensions: [] }, 'all');
    attendance.report(watching, { concealed: 0 }, 0);
    attendance.report(watching, { concealed: 0 }, 90_000);
    attendance.left(watching, 99_000);
    expect(hooks.received).toEqual([]);
  });
});

describe('the heads in a room', () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startNode();
  });
  afterAll(() => node.close());

  it('are confirmed by the room or the presenter, seen by all, and by who comes later', async () => {
    node.timetable.add('heads', { headCounts: [{ roomId: 'room-2', count: 18 }] });
    const presenter = await node.connect();
    expect(await presenter.join(await token(presenterClaims('heads')))).toMatchObject({
      headCounts: [{ roomId: 'room-2', count: 18 }],
    });
    const room = await node.connect();
    await room.join(await token(receiverClaims('heads')));
    // A room speaks for itself, whatever it names.
    await room.request('confirmHeadCount', { count: 31, roomId: 'room-2' });
    expect(await presenter.hear('headCountConfirmed')).toMatchObject({ roomId: 'room-1', count: 31 });
    await presenter.request('confirmHeadCount', { count: 19, roomId: 'room-2' });
    await presenter.request('confirmHeadCount', { count: 19, roomId: 'room-2' });
    await room.hear('headCountConfirmed', 1);
    expect(node.timetable.headCounts).toEqual([
      { roomId: 'room-1', count: 31, role: 'receiver' },
      { roomId: 'room-2', count: 19, role: 'presenter' },
    ]);
    const later = await node.connect();
    expect((await later.join(await token(observerClaims('heads')))).headCounts).toEqual([
      { roomId: 'room-2', count: 19 },
      { roomId: 'room-1', count: 31 },
    ]);
    const refusal = (data: object, client = presenter) => refusalOf(client.requestRaw('confirmHeadCount', data));
    expect(await refusal({ count: 3 })).toBe('bad_request');
    expect(await refusal({ count: -1, roomId: 'room-1' })).toBe('bad_request');
    expect(await refusal({ count: 3, roomId: 'elsewhere' })).toBe('not_found');
    expect(await refusal({ count: 3, roomId: 'room-1' }, later)).toBe('method_not_allowed');
  });
});
