import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes } from '../../media/protocol.ts';
import {
  observerClaims,
  opusParameters,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  token,
  vp8Parameters,
} from './environment/node.ts';

describe('a lesson', () => {
  let room: TestNode;
  beforeAll(async () => {
    room = await startNode();
  });
  afterAll(() => room.close());

  async function begin(id: string) {
    const presenter = await room.connect();
    const presenterAnswer = await presenter.join(await token(presenterClaims(id)));
    const receiver = await room.connect();
    const receiverAnswer = await receiver.join(await token(receiverClaims(id)));
    return { presenter, presenterAnswer, receiver, receiverAnswer };
  }

  it('turns slides for all, and remembers the page', async () => {
    room.timetable.add('slides');
    const { presenter, receiver } = await begin('slides');
    await presenter.request('turnSlide', { page: 5 });
    expect(await receiver.hear('slideTurned')).toMatchObject({ page: 5 });
    expect(room.timetable.pages).toEqual([5]);
    await room.node.endSession('slides');
    expect(room.sink.events).toMatchObject([
      { type: 'slides', fileId: 'file-1', page: 1 },
      { type: 'slide', page: 5 },
    ]);
  });

  it('shows slides as soon as their pages are made', async () => {
    room.timetable.add('converting', { slides: { fileId: 'file-2', name: '小数.pptx', pages: 0 } });
    const { presenter, receiver } = await begin('converting');
    await expect(presenter.request('turnSlide', { page: 2 })).rejects.toMatchObject({ code: 'not_found' });
    room.timetable.pagesMade = 7;
    expect(await receiver.hear('slidesShown')).toMatchObject({ slides: { fileId: 'file-2', pages: 7 }, page: 1 });
    await presenter.request('turnSlide', { page: 2 });
    await room.node.endSession('converting');
  });

  it('sends anew what the presenter sends a second time', async () => {
    room.timetable.add('again');
    const { presenter, receiver } = await begin('again');
    const microphone = (ssrc: number) => ({ source: 'microphone', rtpParameters: opusParameters(ssrc) }) as const;
    await presenter.request('produce', microphone(21));
    const { consumer: first } = await receiver.hear('consumerAdded');
    const { producerId } = await presenter.request('produce', microphone(22));
    expect(await receiver.hear('consumerClosed')).toEqual({ consumerId: first.id });
    expect((await receiver.hear('consumerAdded', 1)).consumer).toMatchObject({ producerId, source: 'microphone' });
    await room.node.endSession('again');
  });

  it('offers to who comes in at the same moment all that is sent', async () => {
    room.timetable.add('rush');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('rush')));
    const receiver = await room.connect();
    const capabilities = await receiver.capabilities();
    const [answer] = await Promise.all([
      receiver.request('join', { token: await token(receiverClaims('rush')), rtpCapabilities: capabilities }),
      presenter.request('produce', { source: 'microphone', rtpParameters: opusParameters(31) }),
      presenter.request('produce', { source: 'camera', rtpParameters: vp8Parameters(32) }),
    ]);
    const offered = () => [...answer.consumers, ...receiver.all('consumerAdded').map(({ consumer }) => consumer)];
    await expect
      .poll(() =>
        offered()
          .map(({ source }) => source)
          .sort(),
      )
      .toEqual(['camera', 'microphone']);
    await room.node.endSession('rush');
  });

  it('calls a room to the stage, mutes it and sends it down', async () => {
    room.timetable.add('stage');
    const { presenter, receiver, receiverAnswer } = await begin('stage');
    await receiver.request('raiseHand', { raised: true });
    expect((await presenter.hear('handsChanged')).hands).toMatchObject([{ roomId: 'room-1' }]);
    await presenter.request('callToStage', { roomId: 'room-1' });
    expect(await receiver.hear('stageChanged')).toEqual({
      stage: ['room-1'],
      turns: [{ roomId: 'room-1', count: 1 }],
    });
    expect((await presenter.hear('handsChanged', 1)).hands).toEqual([]);

    const { producerId } = await receiver.request('produce', {
      source: 'microphone',
      rtpParameters: opusParameters(11),
    });
    const { consumer } = await presenter.hear('consumerAdded');
    expect(consumer).toMatchObject({ producerId, source: 'microphone', participantId: receiverAnswer.participantId });
    await presenter.request('resumeConsumers', { consumerIds: [consumer.id, 'one that is gone'] });

    await presenter.request('mute', { participantId: receiverAnswer.participantId, muted: true });
    expect(await receiver.hear('muteChanged')).toMatchObject({ muted: true });
    expect(await presenter.hear('consumerPaused')).toEqual({ consumerId: consumer.id, producerPaused: true });
    await expect(receiver.request('resumeProducer', { producerId })).rejects.toMatchObject({
      code: 'muted_by_presenter',
    });

    await presenter.request('sendDown', { roomId: 'room-1' });
    expect(await receiver.hear('producerClosed')).toMatchObject({ producerId, reason: 'sent_down' });
    expect(await presenter.hear('consumerClosed')).toEqual({ consumerId: consumer.id });
    await room.node.endSession('stage');
  });

  it('waits for the presenter, and goes live by the start of the session', async () => {
    room.timetable.add('early', { state: 'scheduled', startedAt: null });
    const receiver = await room.connect();
    const answer = await receiver.join(await token(receiverClaims('early')));
    expect(answer.session.live).toBe(false);
    expect(answer.recording).toBeNull();
    expect(room.node.isLive('early')).toBe(false);
    await room.node.startSession('early', []);
    await receiver.hear('wentLive');
    expect(await receiver.hear('recordingChanged')).toEqual({ state: 'armed' });
    expect(room.node.isLive('early')).toBe(true);
    await room.node.endSession('early');
  });

  it('begins although it was changed at the same moment', async () => {
    room.timetable.add('changed', { state: 'scheduled', startedAt: null });
    await Promise.all([room.node.startSession('changed', []), room.node.refreshSession('changed')]);
    expect(room.node.isLive('changed')).toBe(true);
    await room.node.endSession('changed');
  });

  it('that cannot be opened at that moment is ended, or changed, all the same', async () => {
    // Called off while somebody comes in: whoever keeps class sessions knows nothing of it any more.
    const opening = room.node.startSession('called off', []);
    const done = Promise.all([
      room.node.endSession('called off', 'cancelled'),
      room.node.refreshSession('called off'),
      room.node.headsCounted({ classSessionId: 'called off', roomId: 'room-1', count: 1, at: Date.now() }),
    ]);
    await expect(opening).rejects.toMatchObject({ code: 'session_not_open' });
    await expect(done).resolves.toBeDefined();
  });

  it('ends for all when the presenter ends it, and tells whoever keeps sessions', async () => {
    room.timetable.add('ending');
    const { presenter, receiver } = await begin('ending');
    await presenter.request('end', {});
    expect(await receiver.hear('ended')).toMatchObject({ reason: 'presenter' });
    expect((await receiver.closed).code).toBe(closeCodes.ended);
    expect((await presenter.closed).code).toBe(closeCodes.ended);
    await expect.poll(() => room.timetable.endings).toContainEqual({ classSessionId: 'ending', reason: 'presenter' });
    expect(room.node.activeSessions().map(({ classSessionId }) => classSessionId)).not.toContain('ending');
    const late = await room.connect();
    await expect(late.join(await token(receiverClaims('ending')))).rejects.toMatchObject({ code: 'session_not_open' });
  });

  it('does not begin once more for who comes while its end is being written down', async () => {
    for (const by of ['keeper', 'presenter'] as const) {
      const id = `closing by ${by}`;
      room.timetable.add(id);
      const { presenter } = await begin(id);
      const written = room.timetable.holdEndings();
      const admission = await token(receiverClaims(id, 2));
      const late = await room.connect();
      const capabilities = await late.capabilities();
      if (by === 'keeper') void room.node.endSession(id);
      else await presenter.request('end', {});
      await presenter.closed;
      const coming = late.request('join', { token: admission, rtpCapabilities: capabilities });
      await expect(coming).rejects.toMatchObject({ code: 'session_ended' });
      expect(room.node.isLive(id)).toBe(false);
      written();
    }
  });
});

describe('a lesson whose line is cut', () => {
  let room: TestNode;
  beforeAll(async () => {
    room = await startNode({ abandonAfterMs: 2_000, resumeWindowMs: 4_000 });
  });
  afterAll(() => room.close());

  it('goes on where it was: what was missed is replayed', async () => {
    room.timetable.add('resume');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('resume')));
    const receiver = await room.connect();
    const { resumeToken, participantId } = await receiver.join(await token(receiverClaims('resume')));
    await presenter.request('turnSlide', { page: 2 });
    await receiver.hear('slideTurned');
    const lastSeq = receiver.lastSeq;
    receiver.drop();
    await expect
      .poll(() => presenter.all('participantUpdated').at(-1)?.participant)
      .toMatchObject({ id: participantId, connected: false });
    await presenter.request('turnSlide', { page: 3 });
    await presenter.request('turnSlide', { page: 4 });

    const again = await room.connect();
    const answer = await again.request('resume', { resumeToken, lastSeq });
    expect(answer.kind).toBe('replay');
    expect((await again.hear('slideTurned', 1)).page).toBe(4);
    expect(again.all('slideTurned').map(({ page }) => page)).toEqual([3, 4]);
    const numbers = again.heard.flatMap(({ seq }) => (seq === null ? [] : [seq]));
    expect(numbers).toEqual(numbers.map((_, index) => lastSeq + 1 + index));

    again.drop();
    const afresh = await room.connect();
    const whole = await afresh.request('resume', { resumeToken, lastSeq: 1_000_000 });
    expect(whole).toMatchObject({ kind: 'snapshot', snapshot: { page: 4 } });
    await room.node.endSession('resume');
  });

  it('moves to a new socket while the one before still seems to live, and nobody sees it go', async () => {
    room.timetable.add('moved');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('moved')));
    const receiver = await room.connect();
    const { resumeToken } = await receiver.join(await token(receiverClaims('moved')));
    const answered: string[] = [];
    await Promise.all([
      receiver.request('openTransports', {}).then(() => answered.push('openTransports')),
      receiver.request('ping', {}).then(() => answered.push('ping')),
    ]);
    expect(answered, 'a line lives also while something takes its time').toEqual(['ping', 'openTransports']);
    const moved = await room.connect();
    await moved.request('resume', { resumeToken, lastSeq: receiver.lastSeq });
    expect((await receiver.closed).code).toBe(closeCodes.replaced);
    await presenter.request('turnSlide', { page: 2 });
    expect((await moved.hear('slideTurned')).page).toBe(2);
    expect(presenter.all('participantUpdated').filter(({ participant }) => !participant.connected)).toEqual([]);
    await room.node.endSession('moved');
  });

  it('lets go of who does not come back, and refuses them later', async () => {
    room.timetable.add('gone');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('gone')));
    const receiver = await room.connect();
    const { resumeToken, participantId } = await receiver.join(await token(receiverClaims('gone')));
    receiver.drop();
    expect(await presenter.hear('participantLeft')).toEqual({ participantId });
    const late = await room.connect();
    await expect(late.request('resume', { resumeToken, lastSeq: 0 })).rejects.toMatchObject({
      code: 'resume_unknown',
      status: 401,
    });
    expect((await late.closed).code).toBe(closeCodes.refused);
    await room.node.endSession('gone');
  });

  it('ends as abandoned when no presenter comes back', async () => {
    room.timetable.add('abandoned');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('abandoned')));
    const receiver = await room.connect();
    await receiver.join(await token(receiverClaims('abandoned')));
    await presenter.request('leave', {});
    expect(await receiver.hear('ended')).toMatchObject({ reason: 'abandoned' });
    await expect
      .poll(() => room.timetable.endings)
      .toContainEqual({ classSessionId: 'abandoned', reason: 'abandoned' });
  });

  it('ends as abandoned though others come and go', async () => {
    room.timetable.add('restless');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('restless')));
    const receiver = await room.connect();
    await receiver.join(await token(receiverClaims('restless')));
    await presenter.request('leave', {});
    const lookIn = async () => {
      const observer = await room.connect();
      // The last of them comes when all is over.
      await observer.join(await token(observerClaims('restless'))).catch(() => undefined);
      observer.drop();
    };
    const coming = setInterval(() => {
      void lookIn();
    }, 100);
    try {
      expect(await receiver.hear('ended')).toMatchObject({ reason: 'abandoned' });
    } finally {
      clearInterval(coming);
    }
  });

  it('ends when its presenter has forgotten it', async () => {
    room.timetable.add('forgotten', { startedAt: Date.now() - 3_600_000, longestMs: 3_604_000 });
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('forgotten')));
    expect(await presenter.hear('ended')).toMatchObject({ reason: 'abandoned' });
  });
});

describe('a lesson whose media worker dies', () => {
  it('is rebuilt on another worker in a new epoch', async () => {
    const room = await startNode({ workers: 2 });
    try {
      room.timetable.add('death');
      const presenter = await room.connect();
      await presenter.join(await token(presenterClaims('death')));
      await presenter.request('produce', { source: 'microphone', rtpParameters: opusParameters(21) });
      const receiver = await room.connect();
      await receiver.join(await token(receiverClaims('death')));

      const { workers } = await room.node.stats();
      const busy = workers.find(({ rooms }) => rooms === 1);
      if (!busy) throw new Error('no worker has the room');
      process.kill(busy.pid, 'SIGKILL');

      expect(await receiver.hear('reset')).toEqual({ epoch: 1 });
      await presenter.hear('reset');
      await presenter.request('openTransports', {});
      const reopened = await receiver.request('openTransports', {});
      expect(reopened).toMatchObject({ epoch: 1, consumers: [] });
      await presenter.request('produce', { source: 'microphone', rtpParameters: opusParameters(22) });
      expect((await receiver.hear('consumerAdded')).consumer.source).toBe('microphone');

      await expect.poll(async () => (await room.node.stats()).workers.every(({ alive }) => alive)).toBe(true);
      await room.node.endSession('death');
      expect([...room.sink.tracks.values()].map(({ epoch }) => epoch)).toEqual([0, 1]);
    } finally {
      await room.close();
    }
  });
});
