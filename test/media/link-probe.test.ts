import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { JoinClaims } from '../../media/index.ts';
import { signProbeToken } from '../../media/index.ts';
import {
  closeCodes,
  type ProbeAnswer,
  type ProbeData,
  type ProbeMethod,
  probeQuery,
  probeRequests,
} from '../../media/protocol.ts';
import { iceServersFor } from '../../media/turn.ts';
import { startCoturn } from '../environment/coturn.ts';
import { ClassroomClient } from './environment/classroom-client.ts';
import { probeSayings, takeProbe } from './environment/fuzzed-probe.ts';
import {
  assistantClaims,
  observerClaims,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  token,
  tokenSecret,
  vp8Parameters,
} from './environment/node.ts';
import { remainsOf, routersLeft } from './environment/worker-remains.ts';

const turnSecret = 'a secret of the relay';
const iceServers = [
  { urls: ['stun:stun.example:3478'] },
  { urls: ['turn:turn.example:3478?transport=udp', 'turns:turn.example:443'] },
  { urls: ['turn:other.example:3478'], username: 'fixed', credential: 'of its own' },
];
let node: TestNode;
beforeAll(async () => {
  node = await startNode({ iceServers, turnSecret });
});
afterAll(() => node.close());

class Probe {
  readonly client: ClassroomClient;
  private constructor(client: ClassroomClient) {
    this.client = client;
  }
  static async open(): Promise<Probe> {
    return new Probe(await ClassroomClient.connect(`${node.url}?${probeQuery}`));
  }
  async ask<M extends ProbeMethod>(method: M, data: ProbeData<M>): Promise<ProbeAnswer<M>> {
    const schema: { parse(value: unknown): unknown } = probeRequests[method].answer;
    return schema.parse(await this.client.requestRaw(method, data)) as ProbeAnswer<M>;
  }
}

const probeToken = (now?: number, deviceId = 'device-1') => signProbeToken({ deviceId }, tokenSecret, now);
const minutesOf = (servers: { username?: string | undefined }[]) =>
  (Number(servers[1]?.username?.split(':')[0]) * 1000 - Date.now()) / 60_000;
const rooms = async () => (await node.node.stats()).workers[0]?.rooms;

describe('a link probe', () => {
  it('opens transports anew for each way, and sends back what is sent', async () => {
    const probe = await Probe.open();
    const opened = await probe.ask('openProbe', { token: await probeToken() });
    expect(await rooms()).toBe(1);
    const ids: string[] = [];
    for (const ssrc of [1111, 2222]) {
      const { sendTransport, receiveTransport } = await probe.ask('beginPath', {});
      ids.push(sendTransport.id, receiveTransport.id);
      expect(new Set(sendTransport.iceCandidates.map(({ protocol }) => protocol))).toEqual(new Set(['udp', 'tcp']));
      const echo = await probe.ask('echo', {
        rtpParameters: vp8Parameters(ssrc),
        rtpCapabilities: opened.routerRtpCapabilities,
      });
      expect(echo.consumer.producerId).toBe(echo.producerId);
      await probe.ask('resumeEcho', {});
      await expect(
        probe.ask('echo', { rtpParameters: vp8Parameters(9), rtpCapabilities: opened.routerRtpCapabilities }),
      ).rejects.toMatchObject({ code: 'already_joined' });
    }
    expect(new Set(ids).size).toBe(4);
    await expect(
      probe.ask('connectTransport', {
        transportId: ids[0] ?? '',
        dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AA' }] },
      }),
    ).rejects.toMatchObject({ code: 'not_found' });
    probe.client.socket.close();
    await expect.poll(rooms).toBe(0);
  });

  it('is for who has a token for it, and such a token is for nothing else', async () => {
    const outcome = async (method: string, data: unknown, query = `?${probeQuery}`) => {
      const client = await ClassroomClient.connect(`${node.url}${query}`);
      const refused = await client.requestRaw(method, data).then(
        () => 'passes',
        (error: { code: string }) => error.code,
      );
      client.socket.close();
      return refused;
    };
    expect(await outcome('beginPath', {})).toBe('not_joined');
    expect(await outcome('openProbe', { token: 'x' })).toBe('token_invalid');
    expect(await outcome('openProbe', { token: await probeToken(Date.now() - 120_000) })).toBe('token_expired');
    expect(await outcome('openProbe', { token: await token(presenterClaims('session-1')) })).toBe('token_invalid');
    expect(await outcome('openProbe', {})).toBe('bad_request');
    expect(await outcome('join', { token: await probeToken() })).toBe('not_found');
    const capabilities = { codecs: [], headerExtensions: [] };
    expect(await outcome('join', { token: await probeToken(), rtpCapabilities: capabilities }, '')).toBe(
      'token_invalid',
    );
    expect(await rooms()).toBe(0);
  });

  it('is one at a time for a device, and ends with its access', async () => {
    const [first, second, other] = [await Probe.open(), await Probe.open(), await Probe.open()];
    await first.ask('openProbe', { token: await probeToken() });
    await first.ask('beginPath', {});
    await other.ask('openProbe', { token: await probeToken(undefined, 'device-2') });
    await second.ask('openProbe', { token: await probeToken() });
    expect(await first.client.closed).toMatchObject({ code: 4409 });
    expect(await rooms()).toBe(2);
    await second.ask('beginPath', {});
    node.node.putOut('device-1');
    expect(await second.client.closed).toMatchObject({ code: 4401, reason: 'access_ended' });
    await other.ask('beginPath', {});
    other.client.socket.close();
    await expect.poll(rooms).toBe(0);
  });

  it('leaves lessons their room: so many at once and no more', async () => {
    const probes = await Promise.all(Array.from({ length: 65 }, () => Probe.open()));
    const opened = await Promise.allSettled(
      probes.map(async (probe, index) =>
        probe.ask('openProbe', { token: await probeToken(undefined, `device-${index}`) }),
      ),
    );
    expect(opened.filter(({ status }) => status === 'fulfilled')).toHaveLength(64);
    expect(opened.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'too_many_requests' } });
    for (const probe of probes) probe.client.socket.close();
    await expect.poll(rooms).toBe(0);
    const after = await Probe.open();
    await after.ask('openProbe', { token: await probeToken() });
    after.client.socket.close();
    await expect.poll(rooms).toBe(0);
  });
});

describe('the end of a link probe', () => {
  it('comes in time by itself, and its place is free', async () => {
    const brief = await startNode({ probeLifeMs: 5_000 });
    onTestFinished(() => brief.close());
    const before = await routersLeft();
    const probe = await takeProbe(brief, 'device-1');
    expect(await routersLeft()).toBe(before + 1);
    expect(await probe.peer.closed).toEqual({ code: closeCodes.timeout, reason: 'probe_over' });
    await expect.poll(routersLeft).toBe(before);
  });

  it('by the death of its worker is told, and the next one goes well', async () => {
    const dying = await startNode();
    onTestFinished(() => dying.close());
    const probe = await takeProbe(dying, 'device-1');
    const pid = (await dying.node.stats()).workers[0]?.pid ?? 0;
    process.kill(pid, 'SIGSTOP');
    const { echo } = probeSayings(probe, 1_000);
    const asked = [probe.peer.ask('echo', echo), probe.peer.ask('beginPath', {}), probe.peer.ask('resumeEcho', {})];
    await delay(1_000);
    process.kill(pid, 'SIGKILL');
    expect(await Promise.all(asked)).toEqual(['media_unavailable', 'media_unavailable', 'not_found']);
    const next = await takeProbe(dying, 'device-1');
    expect(await next.peer.ask('echo', probeSayings(next, 2_000).echo)).toBe('ok');
    expect(await remainsOf(dying)).toMatchObject({ transports: 2, iceNames: 2 });
  });
});

describe('the credentials of a TURN server', () => {
  it('are made for each who comes, and end by themselves', async () => {
    const until = Date.parse('2026-09-01T11:55:00Z');
    const [stun, turn, other] = iceServersFor(iceServers, turnSecret, 'device-1', until);
    expect(stun).toEqual(iceServers[0]);
    expect(other).toEqual(iceServers[2]);
    // By openssl: printf 1788264000:device-1 | openssl dgst -sha1 -hmac 'a secret of the relay' -binary | base64
    expect(turn).toEqual({
      ...iceServers[1],
      username: '1788264000:device-1',
      credential: '21tMtRzAEawwegcvqzAqWxqMm/k=',
    });
    expect(iceServersFor(iceServers, undefined, 'device-1', until)).toEqual(iceServers);

    const probe = await Probe.open();
    const { iceServers: told } = await probe.ask('openProbe', { token: await probeToken() });
    expect(told[1]?.username).toMatch(/^\d{10}:device-1$/);
    // A probe is short, and so is what it is given for.
    expect(minutesOf(told)).toBeLessThan(15);
    probe.client.socket.close();
  });

  it('are good for a lesson, and are not given to who carries neither sound nor picture', async () => {
    node.timetable.add('turn', { longestMs: 3 * 60 * 60_000 });
    const toldTo = async (claims: JoinClaims) => {
      const { client, answer } = await node.enter(claims);
      client.socket.close();
      return answer.iceServers;
    };
    for (const claims of [presenterClaims('turn'), receiverClaims('turn'), observerClaims('turn')]) {
      expect(Math.abs(minutesOf(await toldTo(claims)) - 185)).toBeLessThan(1);
    }
    expect(await toldTo(assistantClaims('turn', 2))).toEqual([]);

    // Who comes two hours early has it through the lesson as well.
    const scheduledStart = Date.now() + 2 * 60 * 60_000;
    node.timetable.add('early', { state: 'scheduled', startedAt: null, scheduledStart, longestMs: 3 * 60 * 60_000 });
    expect(Math.abs(minutesOf(await toldTo(presenterClaims('early'))) - 305)).toBeLessThan(1);
  });

  it('are taken by coturn until they end', async () => {
    const relay = await startCoturn(turnSecret);
    try {
      const allocates = async (until: number) => {
        const [server] = iceServersFor([{ urls: ['turn:x'] }], turnSecret, 'device-1', until);
        const { username = '', credential = '' } = server ?? {};
        const args = ['-y', '-c', '-n', '1', '-m', '1', '-p', String(relay.port), '-u', username, '-w', credential];
        const tried = promisify(execFile)('turnutils_uclient', [...args, '127.0.0.1'], { timeout: 8_000 });
        return await tried.then(
          () => true,
          () => false,
        );
      };
      expect(await allocates(Date.now())).toBe(true);
      expect(await allocates(Date.now() - 60 * 60 * 1000)).toBe(false);
    } finally {
      await relay.stop();
    }
  });
});
