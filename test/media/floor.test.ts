import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FloorEvent } from '../../media/recorded-event.ts';
import { refusalOf } from './environment/classroom-client.ts';
import {
  assistantClaims,
  observerClaims,
  opusParameters,
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

describe('what a room writes', () => {
  it('reaches the presenter and the room, and nobody else', async () => {
    node.timetable.add('words');
    const { client: presenter } = await enter(presenterClaims('words'));
    const { client: screen } = await enter(receiverClaims('words'));
    const { client: phone } = await enter(assistantClaims('words'));
    const { client: other } = await enter(receiverClaims('words', 2));
    const { messageId } = await phone.request('sendMessage', { kind: 'text', text: ' 第 3 题没听清 ' });
    const said = { id: messageId, roomId: 'room-1', kind: 'text', text: '第 3 题没听清', seen: false };
    expect(await presenter.hear('messageArrived')).toMatchObject({ message: said });
    expect(await screen.hear('messageArrived')).toMatchObject({ message: said });
    // Who writes again and again is heard once; the other room may.
    expect(await refusalOf(phone.request('sendMessage', { kind: 'no_sound' }))).toBe('too_many_requests');
    await other.request('sendMessage', { kind: 'choppy' });
    expect(await presenter.hear('messageArrived', 1)).toMatchObject({ message: { roomId: 'room-2', text: '' } });
    await presenter.request('seeMessage', { messageId });
    await presenter.request('seeMessage', { messageId });
    expect(await phone.hear('messageSeen')).toEqual({ messageId });
    expect(other.all('messageSeen')).toEqual([]);
    expect(other.all('messageArrived')).toHaveLength(1);

    // Who comes later sees the same.
    const again = await enter(presenterClaims('words'));
    expect(again.answer.messages.map(({ roomId, seen }) => [roomId, seen])).toEqual([
      ['room-1', true],
      ['room-2', false],
    ]);
    expect((await enter(assistantClaims('words'))).answer.messages).toHaveLength(1);
    expect((await enter(observerClaims('words'))).answer.messages).toEqual([]);
  });

  it('is words, or one of a few signs', async () => {
    node.timetable.add('signs');
    const { client: phone } = await enter(assistantClaims('signs'));
    const { client: presenter } = await enter(presenterClaims('signs'));
    const send = (client: typeof phone, data: object) => refusalOf(client.requestRaw('sendMessage', data));
    expect(await send(phone, { kind: 'text', text: '  ' })).toBe('bad_request');
    expect(await send(phone, { kind: 'no_sound', text: '也有话' })).toBe('bad_request');
    expect(await send(phone, { kind: 'text', text: '长'.repeat(201) })).toBe('bad_request');
    // The journal could not take them.
    for (const text of ['听\0不清', '\ud83d', '\udc4d听不清']) {
      expect([text, await send(phone, { kind: 'text', text })]).toEqual([text, 'bad_request']);
    }
    expect(await send(phone, { kind: 'text', text: '听得清👍' })).toBe('taken');
    expect(await send(presenter, { kind: 'no_sound' })).toBe('method_not_allowed');
    expect(await refusalOf(phone.request('seeMessage', { messageId: 'x' }))).toBe('method_not_allowed');
    expect(await refusalOf(presenter.request('seeMessage', { messageId: 'x' }))).toBe('not_found');
  });
});

describe('an assistant', () => {
  it('raises the hand of its room, and has no say over the lesson', async () => {
    node.timetable.add('assistant');
    const { client: presenter } = await enter(presenterClaims('assistant'));
    const { client: phone, answer } = await enter(assistantClaims('assistant'));
    expect(answer.sendTransport).toBeNull();
    await phone.request('raiseHand', { raised: true });
    expect(await presenter.hear('handsChanged')).toMatchObject({ hands: [{ roomId: 'room-1' }] });
    const forbidden = [
      ['turnSlide', { page: 2 }],
      ['pointAt', { at: null }],
      ['clearInk', { fileId: 'file-1', page: 1 }],
      ['callToStage', { roomId: 'room-1' }],
      ['sendDown', { roomId: 'room-1' }],
      ['mute', { participantId: 'x', muted: true }],
      ['lowerHand', { roomId: 'room-2' }],
      ['setTimer', { durationMs: 60_000 }],
      ['sendPicture', { jpeg: '' }],
      ['end', {}],
      ['produce', { source: 'microphone', rtpParameters: { codecs: [] } }],
    ] as const;
    for (const [method, data] of forbidden) {
      expect(await refusalOf(phone.requestRaw(method, data)), method).toBe('method_not_allowed');
    }
  });
});

describe('the laser pointer', () => {
  it('is seen by all others, and nowhere beside the page', async () => {
    node.timetable.add('pointer');
    const { client: presenter } = await enter(presenterClaims('pointer'));
    const { client: room } = await enter(receiverClaims('pointer'));
    await presenter.request('pointAt', { at: { x: 2500, y: 10_000 } });
    expect(await room.hear('pointerMoved')).toEqual({ at: { x: 2500, y: 10_000 } });
    await presenter.request('pointAt', { at: null });
    expect(await room.hear('pointerMoved', 1)).toEqual({ at: null });
    expect(presenter.all('pointerMoved')).toEqual([]);
    expect(await refusalOf(presenter.request('pointAt', { at: { x: 10_001, y: 0 } }))).toBe('bad_request');
    expect(await refusalOf(room.request('pointAt', { at: null }))).toBe('method_not_allowed');
  });
});

describe('the floor', () => {
  it('counts how often each room was called, and sets a time for all', async () => {
    node.timetable.add('turns');
    const { client: presenter } = await enter(presenterClaims('turns'));
    const { client: room } = await enter(receiverClaims('turns'));
    for (const roomId of ['room-1', 'room-2', 'room-1']) {
      await presenter.request('callToStage', { roomId });
      await presenter.request('callToStage', { roomId });
      await presenter.request('sendDown', { roomId });
    }
    const turns = [
      { roomId: 'room-1', count: 2 },
      { roomId: 'room-2', count: 1 },
    ];
    expect(await room.hear('stageChanged', 5)).toEqual({ stage: [], turns });
    await presenter.request('setTimer', { durationMs: 60_000 });
    const { timer } = await room.hear('timerChanged');
    expect(timer?.durationMs).toBe(60_000);
    const { answer } = await enter(observerClaims('turns'));
    expect(answer).toMatchObject({ turns, timer });
    expect((timer?.endsAt ?? 0) - answer.now).toBeGreaterThan(50_000);
    await presenter.request('setTimer', { durationMs: null });
    expect(await room.hear('timerChanged', 1)).toEqual({ timer: null });
    expect(await refusalOf(presenter.request('setTimer', { durationMs: 1 }))).toBe('bad_request');
  });

  it('is in the journal from the beginning of the lesson on, and as it was for a node that takes it over', async () => {
    node.timetable.add('floor', { state: 'scheduled', startedAt: null });
    const { client: presenter } = await enter(presenterClaims('floor'));
    const { client: room, answer } = await enter(receiverClaims('floor'));
    await enter(receiverClaims('floor', 2));
    const { participantId } = answer;
    await presenter.request('callToStage', { roomId: 'room-1' });
    await presenter.request('mute', { participantId, muted: true });
    await room.request('raiseHand', { raised: true });
    const { messageId } = await room.request('sendMessage', { kind: 'no_sound' });
    await presenter.request('setTimer', { durationMs: 60_000 });
    await node.node.startSession('floor', []);
    // Said twice, it has happened once.
    for (const muted of [true, false, false, true]) await presenter.request('mute', { participantId, muted });
    await presenter.request('lowerHand', { roomId: 'room-1' });
    await room.request('raiseHand', { raised: true });
    await node.node.endSession('floor');
    const floor = node.sink.events.filter(
      ({ recordingId, type }) => recordingId === 'recording-floor' && type !== 'slides',
    );
    expect(floor.map(({ at: _, recordingId: __, ...event }) => event)).toMatchObject([
      { type: 'stage', roomIds: ['room-1'] },
      { type: 'hand', roomId: 'room-1', raised: true },
      { type: 'mute', roomId: 'room-1', muted: true },
      { type: 'message', message: { id: messageId } },
      { type: 'timer', timer: { durationMs: 60_000 } },
      { type: 'mute', roomId: 'room-1', muted: false },
      { type: 'mute', roomId: 'room-1', muted: true },
      { type: 'hand', roomId: 'room-1', raised: false },
      { type: 'hand', roomId: 'room-1', raised: true },
    ]);

    const written = floor.map(({ at, recordingId: _, ...event }) => ({ at, ...event }) as FloorEvent & { at: number });
    node.timetable.add('taken over', { floor: written });
    const after = await enter(presenterClaims('taken over'));
    expect(after.answer).toMatchObject({
      stage: ['room-1'],
      turns: [{ roomId: 'room-1', count: 1 }],
      hands: [{ roomId: 'room-1', raisedAt: written.at(-1)?.at }],
      messages: [{ id: messageId }],
      timer: { durationMs: 60_000 },
    });
    const { client: again, answer: muted } = await enter(receiverClaims('taken over'));
    expect(muted.participants.find(({ roomId }) => roomId === 'room-1')).toMatchObject({ muted: true });
    const microphone = { source: 'microphone', rtpParameters: opusParameters(71) } as const;
    const { producerId } = await again.request('produce', microphone);
    expect(await refusalOf(again.request('resumeProducer', { producerId }))).toBe('muted_by_presenter');
  });

  it('keeps a room silent that was muted while it was beginning to speak', async () => {
    node.timetable.add('race');
    const { client: presenter } = await enter(presenterClaims('race'));
    const { client: room, answer } = await enter(receiverClaims('race'));
    const { participantId } = answer;
    await presenter.request('callToStage', { roomId: 'room-1' });
    for (const muted of [true, false]) {
      await presenter.request('mute', { participantId, muted: !muted });
      await Promise.all([
        room.request('produce', { source: 'microphone', rtpParameters: opusParameters(muted ? 81 : 82) }),
        presenter.request('mute', { participantId, muted }),
      ]);
      const { answer: seen } = await enter(observerClaims('race'));
      expect(seen.participants.find(({ id }) => id === participantId)).toMatchObject({
        muted,
        sources: [{ source: 'microphone', paused: muted }],
      });
    }
  });
});
