import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { signProbeToken, verifyJoinToken } from '../../media/index.ts';
import { closeCodes, probeQuery, type RtpCapabilities } from '../../media/protocol.ts';
import { tokenLifetimeMs } from '../../media/token.ts';
import { UsedTokens } from '../../media/used-tokens.ts';
import { type ConnectionOptions, createConnection } from '../../web/classroom/connection.ts';
import { openLossyDoor } from './environment/lossy-door.ts';
import {
  log,
  observerClaims,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  token,
  tokenSecret,
} from './environment/node.ts';
import { RawPeer } from './environment/raw-peer.ts';

let node: TestNode;
let capabilities: RtpCapabilities;
beforeAll(async () => {
  node = await startNode();
  const client = await node.connect();
  capabilities = await client.capabilities();
  client.drop();
});
afterAll(() => node.close());

const peerWith = async (shown: string, url = node.url) => {
  const peer = await RawPeer.connect(url);
  return { peer, outcome: await peer.ask('join', { token: shown, rtpCapabilities: capabilities }) };
};
const used = { code: closeCodes.refused, reason: 'token_used' };
const participantsOf = (session: string) =>
  node.node.activeSessions().find(({ classSessionId }) => classSessionId === session)?.participants;

describe('a join token', () => {
  it('lets in once: a copy of it neither lets in nor puts out', async () => {
    node.timetable.add('copied');
    const shown = await token(presenterClaims('copied'));
    const owner = await peerWith(shown);
    expect(owner.outcome).toBe('ok');
    for (let times = 0; times < 3; times += 1) {
      const thief = await peerWith(shown);
      expect(thief.outcome).toBe('token_used');
      expect(await thief.peer.closed).toEqual(used);
    }
    expect(await owner.peer.ask('turnSlide', { page: 2 })).toBe('ok');
    // Nor after the owner has gone.
    expect(await owner.peer.ask('leave', {})).toBe('ok');
    expect((await peerWith(shown)).outcome).toBe('token_used');
    expect(participantsOf('copied')).toBe(0);
    await node.node.endSession('copied');
  });

  it('lets in one of many who show it in the same moment', async () => {
    node.timetable.add('at-once');
    const shown = await token(presenterClaims('at-once'));
    const peers = await Promise.all(Array.from({ length: 12 }, () => RawPeer.connect(node.url)));
    const outcomes = await Promise.all(
      peers.map((peer) => peer.ask('join', { token: shown, rtpCapabilities: capabilities })),
    );
    expect(outcomes.sort()).toEqual(['ok', ...Array.from({ length: 11 }, () => 'token_used')]);
    expect(participantsOf('at-once')).toBe(1);
    await node.node.endSession('at-once');
  });

  it('is used up by nobody who cannot show it whole', async () => {
    node.timetable.add('forged');
    const shown = await token(presenterClaims('forged'));
    const [head, claims, signature = ''] = shown.split('.');
    for (const wrong of [`${head}.${claims}.${signature.split('').reverse().join('')}`, `${head}.${claims}.`])
      expect((await peerWith(wrong)).outcome).toBe('token_invalid');
    const clumsy = await RawPeer.connect(node.url);
    expect(await clumsy.ask('join', { token: shown, rtpCapabilities: 7 })).toBe('bad_request');
    expect(await clumsy.ask('join', { token: shown, rtpCapabilities: capabilities })).toBe('ok');
    await node.node.endSession('forged');
  });

  it('has no part in coming back: resume goes on as before', async () => {
    node.timetable.add('resumed');
    const client = await node.connect();
    const { resumeToken } = await client.join(await token(presenterClaims('resumed')));
    for (let times = 0; times < 2; times += 1) {
      const back = await node.connect();
      expect(await back.request('resume', { resumeToken, lastSeq: 0 })).toMatchObject({ kind: 'replay' });
    }
    await node.node.endSession('resumed');
  });

  it('of a node that ran before is worth nothing at the next', async () => {
    const before = await startNode();
    before.timetable.add('restarted');
    const shown = await token(receiverClaims('restarted'));
    expect((await peerWith(shown, before.url)).outcome).toBe('ok');
    await before.close();
    const next = await startNode();
    onTestFinished(() => next.close());
    next.timetable.add('restarted');
    expect((await peerWith(shown, next.url)).outcome).toBe('token_used');
    expect((await peerWith(await token(receiverClaims('restarted')), next.url)).outcome).toBe('ok');
  });
});

describe('the memory of used tokens', () => {
  const signed = async () => await verifyJoinToken(await token(presenterClaims('x')), tokenSecret);

  it('forgets a token when nobody would take it any more, and not before', async () => {
    const memory = new UsedTokens(log, 1);
    const [one, other] = [await signed(), await signed()];
    const end = one.signedAt + tokenLifetimeMs;
    expect(one.goodUntil).toBeLessThanOrEqual(end);
    memory.use(one, 'account-1');
    expect(() => memory.use(one, 'account-1', one.goodUntil)).toThrow('token_used');
    expect(() => memory.use(other, 'account-1', one.goodUntil)).toThrow('too_many_requests');
    memory.use(other, 'account-1', end + 1);
    // The other is remembered now, and was not by being refused.
    expect(() => memory.use(other, 'account-1', end + 1)).toThrow('token_used');
  });

  it('grows no further than it may', async () => {
    const memory = new UsedTokens(log, 3);
    for (let times = 0; times < 3; times += 1) memory.use(await signed(), 'account-1');
    for (let times = 0; times < 3; times += 1)
      await expect(signed().then((each) => memory.use(each, 'account-1'))).rejects.toThrow('too_many_requests');
  });
});

describe('a browser', () => {
  type Entering = { url: string; session: string; tokens?: string[] };

  /** The client of the web, with the API's part played by this test. */
  function enter({ url, session, tokens = [] }: Entering, more: Partial<ConnectionOptions> = {}) {
    const opened = Promise.withResolvers<void>();
    const connection = createConnection({
      async admit() {
        tokens.push(await token(receiverClaims(session)));
        return { token: tokens.at(-1) ?? '', url };
      },
      capabilities: async ({ routerRtpCapabilities }) => routerRtpCapabilities,
      joined: () => undefined,
      resumed: () => undefined,
      handlers: {},
      changed: (state) => state === 'open' && opened.resolve(),
      backOff: { firstMs: 20, longestMs: 40 },
      ...more,
    });
    onTestFinished(() => connection.leave());
    return { connection, tokens, opened: opened.promise };
  }

  it('whose answer was lost with its line comes back by a new token, in its own place', async () => {
    node.timetable.add('lost-answer');
    const door = await openLossyDoor(node.url, 2);
    onTestFinished(() => void door.close());
    const { opened, tokens } = enter({ url: door.url, session: 'lost-answer' });
    await opened;
    expect(door.visitors()).toBe(3);
    expect(new Set(tokens).size).toBe(3);
    await expect.poll(() => participantsOf('lost-answer')).toBe(1);
    for (const shown of tokens) expect((await peerWith(shown)).outcome).toBe('token_used');
    await node.node.endSession('lost-answer');
  });

  it('whose token was used by somebody else comes in by another, and puts them out', async () => {
    node.timetable.add('robbed');
    let thief: RawPeer | undefined;
    const tokens: string[] = [];
    const { opened } = enter(
      { url: node.url, session: 'robbed', tokens },
      {
        // Between the API's answer and the join.
        async capabilities({ routerRtpCapabilities }) {
          if (!thief) thief = (await peerWith(tokens[0] ?? '')).peer;
          return routerRtpCapabilities;
        },
      },
    );
    await opened;
    expect((await thief?.closed)?.code).toBe(closeCodes.replaced);
    expect(tokens).toHaveLength(2);
    expect(participantsOf('robbed')).toBe(1);
    await node.node.endSession('robbed');
  });

  it('that was refused for a passing reason comes in as soon as that has passed', async () => {
    node.timetable.add('dying');
    expect((await peerWith(await token(observerClaims('dying')))).outcome).toBe('ok');
    const pid = (await node.node.stats()).workers[0]?.pid ?? 0;
    // The worker dies under two joins, so that their transports never come to be.
    process.kill(pid, 'SIGSTOP');
    const shown = await token(presenterClaims('dying'));
    const refused = peerWith(shown);
    const { opened, tokens } = enter({ url: node.url, session: 'dying' });
    await delay(1_000);
    process.kill(pid, 'SIGKILL');
    const { peer, outcome } = await refused;
    expect(outcome).toBe('media_unavailable');
    await opened;
    expect(tokens.length).toBeGreaterThan(1);
    // Whoever knocks with the same token again is told to fetch another, which lets in.
    expect(await peer.ask('join', { token: shown, rtpCapabilities: capabilities })).toBe('token_used');
    expect(await peer.closed).toEqual(used);
    expect((await peerWith(await token(presenterClaims('dying')))).outcome).toBe('ok');
    await expect.poll(() => participantsOf('dying')).toBe(3);
    await node.node.endSession('dying');
  });
});

describe('a probe token', () => {
  it('opens one probe, which a copy of it does not end', async () => {
    const shown = await signProbeToken({ deviceId: 'device-1' }, tokenSecret);
    const [probe, copy] = [
      await RawPeer.connect(`${node.url}?${probeQuery}`),
      await RawPeer.connect(`${node.url}?${probeQuery}`),
    ];
    expect(await probe.ask('openProbe', { token: shown })).toBe('ok');
    expect(await copy.ask('openProbe', { token: shown })).toBe('token_used');
    expect(await copy.closed).toEqual(used);
    expect(await probe.ask('openProbe', { token: shown })).toBe('already_joined');
    expect(await probe.ask('beginPath', {})).toBe('ok');
    await probe.leave();
    const late = await RawPeer.connect(`${node.url}?${probeQuery}`);
    expect(await late.ask('openProbe', { token: shown })).toBe('token_used');
  });

  it('is one of many that take one place, when they are of one device', async () => {
    const rooms = async () => (await node.node.stats()).workers[0]?.rooms;
    const before = (await rooms()) ?? 0;
    const open = async (deviceId: string) => {
      const peer = await RawPeer.connect(`${node.url}?${probeQuery}`);
      return { peer, outcome: await peer.ask('openProbe', { token: await signProbeToken({ deviceId }, tokenSecret) }) };
    };
    const greedy = await Promise.all(Array.from({ length: 70 }, () => open('device-greedy')));
    await expect.poll(rooms).toBe(before + 1);
    const others = await Promise.all(Array.from({ length: 63 }, (_, index) => open(`device-other-${index}`)));
    expect(new Set(others.map(({ outcome }) => outcome))).toEqual(new Set(['ok']));
    expect((await open('device-one-too-many')).outcome).toBe('too_many_requests');
    for (const { peer } of [...greedy, ...others]) peer.socket.close();
    await expect.poll(rooms).toBe(before);
  });
});
