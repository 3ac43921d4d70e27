import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes, probeQuery, type RequestAnswer, type RtpCapabilities } from '../../media/protocol.ts';
import { sayings, takeSeat } from './environment/fuzzed-lesson.ts';
import { startNode, type TestNode } from './environment/node.ts';
import { RawPeer } from './environment/raw-peer.ts';

let node: TestNode;
let capabilities: RtpCapabilities;
/** Opened first and looked at last: ten seconds pass meanwhile. */
let silent: RawPeer[];
beforeAll(async () => {
  node = await startNode();
  const client = await node.connect();
  capabilities = await client.capabilities();
  client.drop();
  silent = await Promise.all([node.url, `${node.url}?${probeQuery}`].map((url) => RawPeer.connect(url)));
  node.timetable.add('limited');
});
afterAll(() => node.close());

const tooMany = (reason: string) => ({ code: closeCodes.tooMany, reason });

describe('a connection', () => {
  it('that asks for too much at once is let go, and nobody else is', async () => {
    const presenter = await takeSeat(node, 'presenter', 'limited', capabilities);
    const flood = await takeSeat(node, 'receiver', 'limited', capabilities);
    for (let i = 0; i < 300; i += 1)
      flood.peer.say(
        JSON.stringify({ type: 'request', id: 1_000 + i, method: 'raiseHand', data: { raised: i % 2 === 0 } }),
      );
    expect(await flood.peer.closed).toEqual(tooMany('too_many_waiting'));
    // What had been asked for is not done behind the back of who was let go.
    expect(presenter.peer.notified.filter((method) => method === 'handsChanged').length).toBeLessThan(64);
    expect(await presenter.peer.ask('turnSlide', { page: 2 })).toBe('ok');
    await presenter.peer.leave();
  });

  it('that goes on asking is let go as well, by its pings too', async () => {
    const busy = await takeSeat(node, 'observer', 'limited', capabilities);
    let answered = 0;
    for (; answered < 2_000; answered += 1) if ((await busy.peer.ask('reportLink', null)) !== 'bad_request') break;
    expect(answered).toBeGreaterThan(100);
    expect(answered).toBeLessThan(2_000);
    expect(await busy.peer.closed).toEqual(tooMany('too_many_requests'));

    for (const control of ['ping', 'pong'] as const) {
      const { peer } = await takeSeat(node, 'observer', 'limited', capabilities);
      for (let i = 0; i < 400; i += 1) peer.socket[control]();
      const end = await peer.closed;
      // Of pings that come faster than their answers leave, the library itself has had enough, without a word.
      if (control === 'pong' || end.code !== 1006) expect(end).toEqual(tooMany('too_many_requests'));
    }
  });

  it('of nobody we know has little to say', async () => {
    for (const [url, method] of [
      [node.url, 'join'],
      [`${node.url}?${probeQuery}`, 'openProbe'],
    ] as const) {
      const stranger = await RawPeer.connect(url);
      for (let i = 0; i < 10; i += 1) expect(await stranger.ask(method, { token: 7 })).toBe('bad_request');
      expect(await stranger.ask(method, { token: 7 })).toBe(`closed ${closeCodes.tooMany}`);
    }
  });

  it('is refused what costs much, however often it comes back', async () => {
    const { peer, answer } = await takeSeat(node, 'receiver', 'limited', capabilities);
    const outcomes: string[] = [];
    for (let i = 0; i < 50; i += 1) outcomes.push(await peer.ask('raiseHand', { raised: i % 2 === 0 }));
    expect(outcomes.slice(0, 30)).toEqual(Array.from({ length: 30 }, () => 'ok'));
    expect(outcomes.at(-1)).toBe('too_many_requests');
    peer.socket.terminate();
    await peer.closed;
    const again = await RawPeer.connect(node.url);
    const { resumeToken } = answer as RequestAnswer<'join'>;
    expect(await again.ask('resume', { resumeToken, lastSeq: 0 })).toBe('ok');
    const more: string[] = [];
    for (let i = 0; i < 10; i += 1)
      more.push(await again.ask('restartIce', { transportId: answer.receiveTransport.id }));
    expect(more).toContain('too_many_requests');
    // What costs little is still done.
    expect(await again.ask('reportLink', sayings({ peer, answer, producerId: '' }, 1).reportLink)).toBe('ok');
    await again.leave();
  });

  it('that says nothing, or has left, is closed in time', async () => {
    const left = await takeSeat(node, 'observer', 'limited', capabilities);
    expect(await left.peer.ask('leave', {})).toBe('ok');
    const ends = await Promise.all([...silent, left.peer].map(({ closed }) => closed));
    expect(ends).toEqual(['no_join', 'no_token', 'no_join'].map((reason) => ({ code: closeCodes.timeout, reason })));
  });
});
