import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RecordedFromRoom } from '../../media/protocol.ts';
import {
  opusParameters,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  token,
  vp8Parameters,
} from './environment/node.ts';

let node: TestNode;
beforeAll(async () => {
  node = await startNode();
});
afterAll(() => node.close());

/** Both rooms on stage, each with its camera and microphone on. @returns what of whom was recorded, and what they were told */
async function teach(id: string, describe: { recordedFromRooms: RecordedFromRoom[]; state: 'scheduled' | 'live' }) {
  node.timetable.add(id, { ...describe, startedAt: describe.state === 'live' ? Date.now() : null });
  const presenter = await node.connect();
  const answer = await presenter.join(await token(presenterClaims(id)));
  await presenter.request('produce', { source: 'microphone', rtpParameters: opusParameters(1) });
  const rooms = await Promise.all(
    [1, 2].map(async (number) => {
      const room = await node.connect();
      await room.join(await token(receiverClaims(id, number)));
      await presenter.request('callToStage', { roomId: `room-${number}` });
      await room.request('produce', { source: 'camera', rtpParameters: vp8Parameters(number * 10) });
      await room.request('produce', { source: 'microphone', rtpParameters: opusParameters(number * 10 + 5) });
      return room;
    }),
  );
  const recorded = () =>
    [...node.sink.tracks.values()]
      .filter((track) => track.recordingId === `recording-${id}`)
      .map(({ role, roomId, source }) => `${roomId ?? role} ${source}`)
      .sort();
  return { presenter, rooms, told: answer.recordedFromRooms, recorded };
}

it('records of the rooms on stage what their schools consent to, and says so', async () => {
  const recordedFromRooms: RecordedFromRoom[] = [
    { roomId: 'room-1', sources: ['microphone', 'camera'] },
    { roomId: 'room-2', sources: ['microphone'] },
  ];
  const { told, recorded } = await teach('some', { recordedFromRooms, state: 'live' });
  expect(told).toEqual(recordedFromRooms);
  await expect
    .poll(recorded)
    .toEqual(['presenter microphone', 'room-1 camera', 'room-1 microphone', 'room-2 microphone']);
  await node.node.endSession('some');
  expect(recorded()).toHaveLength(4);
});

it('goes by what they consent to when the lesson begins, also for who is on stage before', async () => {
  const before: RecordedFromRoom[] = [{ roomId: 'room-1', sources: ['microphone', 'camera'] }];
  const { rooms, told, recorded } = await teach('withdrawn', { recordedFromRooms: before, state: 'scheduled' });
  expect(told).toEqual(before);
  const now: RecordedFromRoom[] = [{ roomId: 'room-2', sources: ['camera'] }];
  await node.node.startSession('withdrawn', now);
  for (const room of rooms) expect((await room.hear('wentLive')).recordedFromRooms).toEqual(now);
  await expect.poll(recorded).toEqual(['presenter microphone', 'room-2 camera']);
  // Sent anew, it is recorded no more than before.
  await rooms[0]?.request('produce', { source: 'microphone', rtpParameters: opusParameters(90) });
  await node.node.endSession('withdrawn');
  expect(recorded()).toEqual(['presenter microphone', 'room-2 camera']);
});
