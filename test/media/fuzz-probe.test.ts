import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeCodes, type ProbeAnswer } from '../../media/protocol.ts';
import { type Chance, createChance } from '../environment/chance.ts';
import { methods, pictureParameters, type Seat, sayings, stateOf, takeSeat } from './environment/fuzzed-lesson.ts';
import { connectProbe, probeMethods, probeSayings, probeToken, takeProbe } from './environment/fuzzed-probe.ts';
import { mutate, randomBytes, randomJson } from './environment/mutations.ts';
import { observerClaims, receiverClaims, startNode, type TestNode, token } from './environment/node.ts';
import { isRefusal, type Outcome, RawPeer } from './environment/raw-peer.ts';
import { remainsOf, routersLeft } from './environment/worker-remains.ts';

/** FUZZ_SEED repeats a run that has failed. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** For a long search; the usual run is short. */
const times = Number(process.env.FUZZ_TIMES ?? 1);

let chance: Chance;
let node: TestNode;
/** A lesson that goes on beside all this, and what belongs to it at the node. */
let presenter: Seat;
let lesson: Awaited<ReturnType<typeof remainsOf>>;
let state: ReturnType<typeof stateOf>;
/** Whatever the node took for a fault of its own. */
const faults: string[] = [];
let devices = 0;
function device(): string {
  devices += 1;
  return `device-${devices}`;
}

beforeAll(async () => {
  console.log(`FUZZ_SEED=${seed}`);
  chance = createChance(seed);
  node = await startNode({ log: pino({ level: 'error' }, { write: (line) => faults.push(line) }) });
  node.timetable.add('beside');
  const client = await node.connect();
  const capabilities = await client.capabilities();
  client.drop();
  presenter = await takeSeat(node, 'presenter', 'beside', capabilities);
  lesson = await remainsOf(node);
  state = await lookAt();
});
afterAll(() => node.close());

async function lookAt() {
  const witness = await node.connect();
  const claims = { ...observerClaims('beside'), accountId: 'account-witness' } as const;
  const seen = await witness.join(await token(claims));
  await witness.request('leave', {});
  witness.socket.close();
  return stateOf(seen);
}

/** The lesson has lost nothing, the probes have left nothing, and the node has found no fault with itself. */
async function expectUndisturbed(): Promise<void> {
  await expect.poll(() => remainsOf(node), { timeout: 5_000 }).toEqual(lesson);
  await expect.poll(routersLeft, { timeout: 5_000 }).toBe(1);
  expect(await lookAt()).toEqual(state);
  expect(await presenter.peer.ask('resumeProducer', { producerId: presenter.producerId })).toBe('ok');
  expect((await node.node.stats()).workers).toMatchObject([{ alive: true, deaths: 0, rooms: 1 }]);
  expect(faults).toEqual([]);
}

async function inTurn<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let next = 0; next < all.length; next += atOnce)
    done.push(...(await Promise.all(all.slice(next, next + atOnce).map(work))));
  return done;
}

const count = (outcomes: Outcome[], outcome: Outcome) => outcomes.filter((each) => each === outcome).length;

describe('whatever is said in an open probe', () => {
  it('ends it when it is no protocol, and gives back its place', async () => {
    const right = JSON.stringify({ type: 'request', id: 9, method: 'beginPath', data: {} });
    const frames: (string | Buffer)[] = [
      ...Array.from({ length: 30 }, () => randomBytes(chance, 2_000)),
      ...Array.from({ length: 30 }, () => randomBytes(chance, 300).toString('latin1')),
      ...Array.from({ length: 30 }, () => JSON.stringify(randomJson(chance))),
      ...Array.from({ length: 15 }, () => right.slice(0, chance.below(right.length))),
      ...[`${right}${right}`, right.replace('9', '-1'), right.replace('9', '1e999'), 'x'.repeat(65_537), ''],
      ...['['.repeat(60_000), `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, Buffer.from(right)],
    ];
    const ends = await inTurn(frames, 30, async (frame) => {
      const { peer } = await takeProbe(node, device());
      peer.say(frame);
      return (await peer.closed).code;
    });
    expect(new Set(ends)).toEqual(new Set([closeCodes.badFrame, 1009]));
    await expectUndisturbed();
  });

  it('is answered with a code of the protocol, whatever is wrong with it', async () => {
    const told: Outcome[] = [];
    for (let round = 0; round < 40 * times; round += 1) {
      const probe = await takeProbe(node, device());
      const right = probeSayings(probe, 10_000 + chance.below(1_000_000));
      // Half of them reach the ends of the way first, where there is more that can go wrong.
      if (round % 2 === 0) told.push(await probe.peer.ask('echo', right.echo));
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const method = chance.among(probeMethods);
          const data = chance.below(5) === 0 ? right[method] : mutate(right[method], chance);
          const outcome = await probe.peer.ask(method, data);
          if (outcome !== 'ok' && !isRefusal(outcome)) throw new Error(`${method} ${JSON.stringify(data)}: ${outcome}`);
          return outcome;
        }),
      );
      told.push(...outcomes);
      await probe.peer.leave();
    }
    for (const outcome of ['ok', 'bad_request', 'not_found', 'too_many_requests'])
      expect([outcome, told.includes(outcome)]).toEqual([outcome, true]);
    expect({}).not.toHaveProperty('polluted');
    await expectUndisturbed();
  });

  it('has its order: each step after the one that it needs', async () => {
    for (const method of probeMethods.filter((each) => each !== 'openProbe')) {
      const early = await connectProbe(node);
      expect([method, await early.ask(method, {})]).toEqual([method, 'not_joined']);
      expect((await early.closed).code).toBe(closeCodes.refused);
    }
    const { peer, ...probe } = await takeProbe(node, device());
    const right = probeSayings({ peer, ...probe }, 20_000);
    expect(await peer.ask('openProbe', { token: await probeToken('device-other') })).toBe('already_joined');
    expect(await peer.ask('resumeEcho', {})).toBe('not_found');
    expect(await peer.ask('echo', right.echo)).toBe('ok');
    expect(await peer.ask('echo', probeSayings({ peer, ...probe }, 30_000).echo)).toBe('already_joined');
    expect(await peer.ask('connectTransport', right.connectTransport)).toBe('ok');
    expect(await peer.ask('connectTransport', right.connectTransport)).toBe('bad_request');
    expect(await peer.ask('beginPath', {})).toBe('ok');
    // What was of the way before is gone with it.
    expect(await peer.ask('connectTransport', right.connectTransport)).toBe('not_found');
    expect(await peer.ask('resumeEcho', {})).toBe('not_found');
    await peer.leave();
    await expectUndisturbed();
  });

  it('is worth nothing to who recorded it and says it again', async () => {
    const probe = await takeProbe(node, device());
    const right = probeSayings(probe, 40_000);
    const recorded = probeMethods.map((method) => [method, right[method]] as const);
    const replay = await connectProbe(node);
    expect(await replay.ask('openProbe', right.openProbe)).toBe('token_used');
    expect(await replay.closed).toEqual({ code: closeCodes.refused, reason: 'token_used' });
    // Nor in a probe of one's own, before or after its first way.
    const other = await connectProbe(node);
    expect(await other.ask('openProbe', { token: await probeToken(device()) })).toBe('ok');
    const own = await takeProbe(node, device());
    for (const { peer } of [{ peer: other }, own]) {
      for (const [method, data] of recorded.filter(
        ([method]) => method === 'openProbe' || method === 'connectTransport',
      ))
        expect(await peer.ask(method, data)).toBe(method === 'openProbe' ? 'already_joined' : 'not_found');
    }
    // Nobody has connected what is this probe's.
    expect(await probe.peer.ask('connectTransport', right.connectTransport)).toBe('ok');
    expect(await probe.peer.ask('echo', right.echo)).toBe('ok');
    for (const { peer } of [probe, own, { peer: other }]) await peer.leave();
    await expectUndisturbed();
  });

  it('gives no right over a lesson, and a lesson none over a probe', async () => {
    const probe = await takeProbe(node, device());
    const said = sayings(presenter, 50_000);
    const entrance = {
      token: await token(receiverClaims('beside')),
      rtpCapabilities: probe.opened.routerRtpCapabilities,
    };
    const { resumeToken } = presenter.answer;
    const ofLessons: [string, unknown][] = [
      ...methods
        .filter((method) => method !== 'connectTransport')
        .map((method) => [method, said[method]] as [string, unknown]),
      ...[['join', entrance] as [string, unknown], ['resume', { resumeToken, lastSeq: 0 }] as [string, unknown]],
      ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'OPENPROBE'].map(
        (name) => [name, {}] as [string, unknown],
      ),
    ];
    for (const [method, data] of ofLessons)
      expect([method, await probe.peer.ask(method, data)]).toEqual([method, 'not_found']);
    for (const { id } of [presenter.answer.receiveTransport, presenter.answer.sendTransport ?? { id: 'none' }]) {
      const { dtlsParameters } = said.connectTransport as { dtlsParameters: unknown };
      expect(await probe.peer.ask('connectTransport', { transportId: id, dtlsParameters })).toBe('not_found');
    }
    // What comes back is what was sent, whatever else is named.
    const { producerId } = presenter;
    const echo = await probe.peer.answerOf<ProbeAnswer<'echo'>>('echo', {
      ...(probeSayings(probe, 60_000).echo as object),
      ...{ producerId, consumer: { producerId }, transportId: presenter.answer.receiveTransport.id },
    });
    expect(echo.producerId).not.toBe(producerId);
    expect(echo.consumer.producerId).toBe(echo.producerId);

    const seat = await RawPeer.connect(node.url);
    // It was not used up by having been shown where it opens nothing.
    expect(await seat.ask('join', entrance)).toBe('ok');
    const mine = probeSayings({ ...probe, token: await probeToken(device()) }, 70_000);
    for (const method of probeMethods)
      expect([method, await seat.ask(method, mine[method])]).toEqual([method, 'not_found']);
    expect(await seat.ask('leave', {})).toBe('ok');
    await probe.peer.leave();
    await expectUndisturbed();
  });

  it('costs no more than a probe needs', async () => {
    const probe = await takeProbe(node, device());
    const outcomes: Outcome[] = [];
    for (let asked = 0; asked < 30; asked += 1)
      outcomes.push(
        await probe.peer.ask('echo', { ...(probeSayings(probe, 80_000).echo as object), rtpParameters: 7 }),
      );
    for (let asked = 0; asked < 30; asked += 1) outcomes.push(await probe.peer.ask('beginPath', {}));
    expect(count(outcomes, 'ok') + count(outcomes, 'bad_request')).toBeLessThan(15);
    expect(count(outcomes, 'too_many_requests')).toBeGreaterThan(45);

    // However many ways are begun, one is there.
    const wanderer = await takeProbe(node, device());
    await probe.peer.leave();
    for (let ways = 0; ways < 6; ways += 1) expect(await wanderer.peer.ask('beginPath', {})).toBe('ok');
    await expect.poll(async () => (await remainsOf(node)).transports).toBe(lesson.transports + 2);

    const hasty = await takeProbe(node, device());
    for (let id = 100; id < 300; id += 1)
      hasty.peer.say(JSON.stringify({ type: 'request', id, method: 'beginPath', data: {} }));
    expect(await hasty.peer.closed).toEqual({ code: closeCodes.tooMany, reason: 'too_many_waiting' });
    const steady = await takeProbe(node, device());
    let asked = 0;
    while (asked < 2_000 && (await steady.peer.ask('resumeEcho', {})) === 'not_found') asked += 1;
    expect(asked).toBeGreaterThan(100);
    expect(await steady.peer.closed).toEqual({ code: closeCodes.tooMany, reason: 'too_many_requests' });
    await wanderer.peer.leave();
    await expectUndisturbed();
  });

  it('leaves nothing of who comes and goes in the middle of everything', async () => {
    const told = new Set<Outcome>();
    for (let round = 0; round < 8 * times; round += 1) {
      await Promise.all(
        Array.from({ length: 16 }, async (_, visitor) => {
          const peer = await connectProbe(node);
          // Half of them are one and the same device, each ending the probe of the other.
          const deviceId = visitor < 8 ? 'device-same' : device();
          const asked = [peer.ask('openProbe', { token: await probeToken(deviceId) })];
          const echo = {
            rtpParameters: pictureParameters(90_000),
            rtpCapabilities: { codecs: [], headerExtensions: [] },
          };
          const then = ['beginPath', 'echo', 'beginPath', 'resumeEcho', 'beginPath'];
          for (const method of then.slice(chance.below(3))) asked.push(peer.ask(method, method === 'echo' ? echo : {}));
          await delay(chance.below(25));
          const end = chance.below(4);
          if (end === 0) peer.socket.terminate();
          else if (end === 1) peer.socket.close();
          else if (end === 2) node.node.putOut(deviceId);
          for (const outcome of await Promise.all(asked)) told.add(outcome);
          peer.socket.close();
          await peer.closed;
        }),
      );
    }
    const answered = [...told].filter((outcome) => outcome !== 'ok' && !outcome.startsWith('closed'));
    expect(answered.filter((outcome) => !isRefusal(outcome))).toEqual([]);
    await expectUndisturbed();
  });
});
