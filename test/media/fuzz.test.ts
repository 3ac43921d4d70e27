import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes, probeQuery, type Role, type RtpCapabilities } from '../../media/protocol.ts';
import { type Chance, createChance } from '../environment/chance.ts';
import {
  methods,
  pictureParameters,
  rights,
  roles,
  type Seat,
  sayings,
  stateOf,
  takeSeat,
} from './environment/fuzzed-lesson.ts';
import { mutate, randomBytes, randomJson } from './environment/mutations.ts';
import { observerClaims, startNode, type TestNode, token } from './environment/node.ts';
import { isRefusal, type Outcome, RawPeer } from './environment/raw-peer.ts';
import { nothing, remainsOf } from './environment/worker-remains.ts';

/** FUZZ_SEED repeats a run that has failed. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** For a long search; the usual run is short. */
const times = Number(process.env.FUZZ_TIMES ?? 1);

let chance: Chance;
/** Whatever the node took for a fault of its own. */
const faults: string[] = [];
let node: TestNode;
let capabilities: RtpCapabilities;
beforeAll(async () => {
  console.log(`FUZZ_SEED=${seed}`);
  chance = createChance(seed);
  node = await startNode({
    resumeWindowMs: 300,
    log: pino({ level: 'error' }, { write: (line) => faults.push(line) }),
  });
  const client = await node.connect();
  capabilities = await client.capabilities();
  client.drop();
  node.timetable.add('beside');
});
afterAll(() => node.close());

/** Nobody has noticed anything: a lesson beside is entered, heard and left. */
async function expectCleanLesson(): Promise<void> {
  const presenter = await takeSeat(node, 'presenter', 'beside', capabilities);
  const receiver = await takeSeat(node, 'receiver', 'beside', capabilities);
  expect(receiver.answer.consumers).toMatchObject([{ producerId: presenter.producerId, source: 'microphone' }]);
  expect(await receiver.peer.ask('resumeConsumers', { consumerIds: [receiver.answer.consumers[0]?.id] })).toBe('ok');
  expect(await presenter.peer.ask('turnSlide', { page: 1 })).toBe('ok');
  for (const { peer } of [presenter, receiver]) expect(await peer.ask('leave', {})).toBe('ok');
  const stats = await node.node.stats();
  expect(stats.workers).toMatchObject([{ alive: true, deaths: 0 }]);
  expect(faults).toEqual([]);
}

/** What is left at the worker when everybody is gone. */
async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => remainsOf(node), { timeout: 5_000 }).toEqual(nothing);
}

async function lookAt(session: string) {
  const witness = await node.connect();
  const claims = { ...observerClaims(session), accountId: 'account-witness' } as const;
  const seen = await witness.join(await token(claims));
  await witness.request('leave', {});
  witness.socket.close();
  return stateOf(seen);
}

describe('whatever is said on the wire', () => {
  it('ends the socket of whoever speaks no protocol, and nothing else', async () => {
    const whole = JSON.stringify({ type: 'request', id: 1, method: 'join', data: { token: 'x', rtpCapabilities: {} } });
    const frames: (string | Buffer)[] = [
      ...Array.from({ length: 40 }, () => randomBytes(chance, 2_000)),
      ...Array.from({ length: 40 }, () => randomBytes(chance, 300).toString('latin1')),
      ...Array.from({ length: 40 }, () => JSON.stringify(randomJson(chance))),
      ...Array.from({ length: 20 }, () => whole.slice(0, chance.below(whole.length))),
      ...['NaN', 'Infinity', '{"type":"request","id":NaN,"method":"join","data":{}}', `${whole}${whole}`],
      ...['{"type":"request","id":1e999,"method":"join"}', '{"type":"request","id":1,"id":-1,"method":"join"}'],
      ...['['.repeat(60_000), `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'x'.repeat(65_537), ''],
      Buffer.from(whole),
    ];
    const ends = await Promise.all(
      frames.flatMap((frame) =>
        [node.url, `${node.url}?${probeQuery}`].map(async (url) => {
          const peer = await RawPeer.connect(url);
          peer.say(frame);
          const { code } = await peer.closed;
          expect(peer.notified.filter((method) => method !== 'hello')).toEqual([]);
          return code;
        }),
      ),
    );
    expect(new Set(ends)).toEqual(new Set([closeCodes.badFrame, 1009]));
    await expectCleanLesson();
  });

  it.each(roles)('refuses a %s what is another role’s, however it is said', async (role) => {
    const session = `forbidden-${role}`;
    node.timetable.add(session);
    const others: Seat[] = [];
    for (const other of roles.filter((each) => each !== role))
      others.push(await takeSeat(node, other, session, capabilities));
    const me = await takeSeat(node, role, session, capabilities);
    const right = sayings(me, 500);
    const before = await lookAt(session);
    for (const method of methods.filter((each) => !rights[each].includes(role))) {
      for (const data of [right[method], ...Array.from({ length: 4 }, () => mutate(right[method], chance))])
        expect([method, await me.peer.ask(method, data)]).toEqual([method, 'method_not_allowed']);
    }
    // What belongs to another is not there for who names it.
    const [other] = others;
    const foreign = { transportId: other?.answer.receiveTransport.id, producerId: other?.producerId };
    const { dtlsParameters } = right.connectTransport as { dtlsParameters: unknown };
    expect(await me.peer.ask('connectTransport', { ...foreign, dtlsParameters })).toBe('not_found');
    expect(await me.peer.ask('restartIce', foreign)).toBe('not_found');
    for (const method of ['pauseProducer', 'closeProducer'] as const) {
      if (rights[method].includes(role)) expect(await me.peer.ask(method, foreign)).toBe('not_found');
    }
    for (const method of [
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      '',
      'JOIN',
      'openProbe',
      'beginPath',
    ])
      expect(await me.peer.ask(method, {})).toBe('not_found');
    expect(await lookAt(session)).toEqual(before);
    await node.node.endSession(session);
  });

  /** Says everything, with a new seat whenever the node has had enough. */
  async function sayAll(role: Role, session: string, rounds: number): Promise<Map<string, number>> {
    const told = new Map<string, number>();
    for (let round = 0; round < rounds; round += 1) {
      const seat = await takeSeat(node, role, session, capabilities);
      const right = sayings(seat, 10_000 + chance.below(1_000_000));
      const mine = methods.filter((method) => rights[method].includes(role) && method !== 'leave' && method !== 'end');
      const outcomes = await Promise.all(
        Array.from({ length: 60 }, async () => {
          const method = chance.among(mine);
          const data = chance.below(5) === 0 ? right[method] : mutate(right[method], chance);
          const outcome = await seat.peer.ask(method, data);
          if (outcome !== 'ok' && !isRefusal(outcome)) throw new Error(`${method} ${JSON.stringify(data)}: ${outcome}`);
          return outcome;
        }),
      );
      for (const outcome of outcomes) told.set(outcome, (told.get(outcome) ?? 0) + 1);
      await seat.peer.leave();
    }
    return told;
  }

  it.each(roles)('answers a %s with a code of the protocol, whatever is wrong with what it says', async (role) => {
    const session = `wrong-${role}`;
    node.timetable.add(session);
    const presenter = role === 'presenter' ? null : await takeSeat(node, 'presenter', session, capabilities);
    if (role === 'receiver') await presenter?.peer.ask('callToStage', { roomId: 'room-1' });
    const told = await sayAll(role, session, times * (role === 'presenter' ? 10 : 5));
    for (const outcome of ['ok', 'bad_request']) expect(told.get(outcome)).toBeGreaterThan(0);
    if (presenter) {
      // It was the room's own matters that were said, and no other's.
      const after = await lookAt(session);
      expect(after).toMatchObject({ page: 1, slides: { fileId: 'file-1' }, live: true });
      expect(after.stage).toEqual(role === 'receiver' ? ['room-1'] : []);
      expect([...after.hands, ...after.headCounts.map(({ roomId }) => roomId)].filter((id) => id !== 'room-1')).toEqual(
        [],
      );
      expect(after.sending.find((each) => each.role === 'presenter')?.sources).toEqual([
        { source: 'microphone', paused: false },
      ]);
    }
    await node.node.endSession(session);
    expect({}).not.toHaveProperty('polluted');
    await expectCleanLesson();
  });

  it('lets nobody’s capabilities disturb what others send and receive', async () => {
    node.timetable.add('strange');
    const presenter = await takeSeat(node, 'presenter', 'strange', capabilities);
    const guests: RawPeer[] = [];
    for (let guest = 0; guest < 60 * times; guest += 1) {
      const peer = await RawPeer.connect(node.url);
      const claims = { ...observerClaims('strange'), accountId: `guest-${guest}` } as const;
      const outcome = await peer.ask('join', {
        token: await token(claims),
        rtpCapabilities: mutate(capabilities, chance),
      });
      if (outcome !== 'ok') expect(outcome).toSatisfy(isRefusal);
      guests.push(peer);
    }
    const camera = { source: 'camera', rtpParameters: pictureParameters(77_000) };
    expect(await presenter.peer.ask('produce', camera)).toBe('ok');
    const clean = await takeSeat(node, 'receiver', 'strange', capabilities);
    expect(clean.answer.consumers.map(({ source }) => source).sort()).toEqual(['camera', 'microphone']);
    await Promise.all([presenter.peer, clean.peer, ...guests].map((peer) => peer.leave()));
    await node.node.endSession('strange');
  });

  it('keeps nothing of who comes and goes in the middle of everything', async () => {
    node.timetable.add('churn');
    const presenter = await takeSeat(node, 'presenter', 'churn', capabilities);
    const told = new Set<Outcome>();
    for (let round = 0; round < 6 * times; round += 1) {
      await Promise.all(
        Array.from({ length: 12 }, async (_, visitor) => {
          const peer = await RawPeer.connect(node.url);
          // Half of them are one and the same account, each putting out the other.
          const accountId = visitor < 6 ? 'account-same' : `account-${visitor}`;
          const claims = { ...observerClaims('churn'), accountId } as const;
          const asked = [peer.ask('join', { token: await token(claims), rtpCapabilities: capabilities })];
          const then = ['openTransports', 'openTransports', 'leave', 'reportLink', 'openTransports'];
          for (const method of then.slice(chance.below(3))) asked.push(peer.ask(method, {}));
          await delay(chance.below(25));
          if (chance.below(3) === 0) peer.socket.terminate();
          else if (chance.below(2) === 0) peer.socket.close();
          const camera = { source: 'camera', rtpParameters: pictureParameters(90_000 + 10 * round) };
          if (visitor === 0) told.add(await presenter.peer.ask('produce', camera));
          for (const outcome of await Promise.all(asked)) told.add(outcome);
          peer.socket.close();
          await peer.closed;
        }),
      );
    }
    const answered = [...told].filter((outcome) => outcome !== 'ok' && !outcome.startsWith('closed'));
    expect(answered.filter((outcome) => !isRefusal(outcome))).toEqual([]);
    await presenter.peer.leave();
    // The room stays, and its router with it: what has leaked is still there.
    await expectNothingLeft();
    await expectCleanLesson();
  });

  it('leaves nothing behind when everybody is gone', expectNothingLeft);
});
