import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type JoinClaims, signJoinToken } from '../../media/index.ts';
import { closeCodes } from '../../media/protocol.ts';
import { refusalOf } from './environment/classroom-client.ts';
import {
  observerClaims,
  opusParameters,
  presenterClaims,
  receiverClaims,
  startNode,
  type TestNode,
  token,
} from './environment/node.ts';

describe('joining a class session', () => {
  let room: TestNode;
  beforeAll(async () => {
    room = await startNode();
  });
  afterAll(() => room.close());

  it('answers with everything in one round trip', async () => {
    room.timetable.add('whole');
    const presenter = await room.connect();
    const answer = await presenter.join(await token(presenterClaims('whole')));
    expect(answer.session).toMatchObject({ id: 'whole', live: true, title: '分数的初步认识' });
    expect(answer.slides).toEqual({ fileId: 'file-1', name: '分数.pptx', pages: 12 });
    expect(answer.page).toBe(1);
    expect(answer.sendTransport?.iceCandidates.map(({ protocol }) => protocol)).toEqual(
      expect.arrayContaining(['udp', 'tcp']),
    );
    await presenter.request('produce', { source: 'microphone', rtpParameters: opusParameters(1) });

    const receiver = await room.connect();
    const seen = await receiver.join(await token(receiverClaims('whole')));
    expect(seen.consumers).toMatchObject([
      { source: 'microphone', kind: 'audio', participantId: answer.participantId },
    ]);
    expect(seen.participants.map(({ role }) => role)).toEqual(['presenter', 'receiver']);
    expect((await presenter.hear('participantJoined')).participant.name).toBe('东河小学 · 三年级1班');
    await room.node.endSession('whole');
  });

  it('refuses a token that is forged, expired, or of no session', async () => {
    room.timetable.add('refusing');
    const forged = await signJoinToken(
      presenterClaims('refusing'),
      new TextEncoder().encode('another secret, of more than thirty-two bytes'),
    );
    const cases = [
      ['nonsense', 'token_invalid'],
      [forged, 'token_invalid'],
      [await token(presenterClaims('refusing'), Date.now() - 120_000), 'token_expired'],
    ] as const;
    for (const [wrong, code] of cases) {
      const client = await room.connect();
      await expect(client.join(wrong)).rejects.toMatchObject({ code, status: 401 });
      expect(await client.closed).toEqual({ code: closeCodes.refused, reason: code });
    }
    const client = await room.connect();
    await expect(client.join(await token(presenterClaims('unknown')))).rejects.toMatchObject({
      code: 'session_not_open',
      status: 409,
    });
  });

  it('calls nothing for those who have not joined', async () => {
    const client = await room.connect();
    await expect(client.request('turnSlide', { page: 2 })).rejects.toMatchObject({ code: 'not_joined' });
    expect((await client.closed).code).toBe(closeCodes.refused);
  });

  it('lets every role do only what is its own', async () => {
    room.timetable.add('roles');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('roles')));
    const receiver = await room.connect();
    await receiver.join(await token(receiverClaims('roles')));
    const observer = await room.connect();
    await observer.join(await token(observerClaims('roles')));

    const forbidden = { code: 'method_not_allowed', status: 403 };
    await expect(receiver.request('turnSlide', { page: 2 })).rejects.toMatchObject(forbidden);
    await expect(receiver.request('end', {})).rejects.toMatchObject(forbidden);
    await expect(receiver.request('callToStage', { roomId: 'room-1' })).rejects.toMatchObject(forbidden);
    await expect(observer.request('raiseHand', { raised: true })).rejects.toMatchObject(forbidden);
    const microphone = { source: 'microphone', rtpParameters: opusParameters(2) } as const;
    await expect(observer.request('produce', microphone)).rejects.toMatchObject(forbidden);
    await expect(receiver.request('produce', microphone)).rejects.toMatchObject({ code: 'not_on_stage' });
    await expect(
      receiver.request('produce', { source: 'screen', rtpParameters: opusParameters(3) }),
    ).rejects.toMatchObject({ code: 'source_not_allowed' });
    await expect(presenter.requestRaw('turnSlide', { page: 'two' })).rejects.toMatchObject({ code: 'bad_request' });
    await expect(presenter.request('turnSlide', { page: 13 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(presenter.requestRaw('constructor', {})).rejects.toMatchObject({ code: 'not_found' });
    await expect(presenter.request('callToStage', { roomId: 'elsewhere' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await room.node.endSession('roles');
  });

  it('closes sockets that do not speak the protocol', async () => {
    for (const frame of ['{', '[]', '{"type":"request","id":-1,"method":"join"}']) {
      const client = await room.connect();
      client.socket.send(frame);
      expect((await client.closed).code).toBe(closeCodes.badFrame);
    }
    const huge = await room.connect();
    huge.socket.send('x'.repeat(70_000));
    expect((await huge.closed).code).toBe(1009);
    const flood = await room.connect();
    for (let i = 0; i < 200; i += 1)
      flood.socket.send(JSON.stringify({ type: 'request', id: i, method: 'x', data: {} }));
    expect([closeCodes.tooMany, closeCodes.refused]).toContain((await flood.closed).code);
  });

  it('answers whoever asks for another upgrade, and lives on', async () => {
    const { port } = new URL(room.url);
    for (const target of ['//', '/elsewhere', 'http://[']) {
      const asked = connect(Number(port), '127.0.0.1');
      asked.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
      expect(await text(asked)).toMatch(/^HTTP\/1\.1 40\d /);
    }
    // Whoever asks, and hangs up before the answer is written.
    for (let i = 0; i < 20; i += 1) {
      const rude = connect(Number(port), '127.0.0.1');
      await once(rude, 'connect');
      rude.write('GET /elsewhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      rude.resetAndDestroy();
    }
    const client = await room.connect();
    await client.capabilities();
    client.drop();
  });

  it('does nothing more for who has left', async () => {
    room.timetable.add('left');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('left')));
    const observer = await room.connect();
    await observer.join(await token(observerClaims('left')));
    await observer.request('leave', {});
    await expect(observer.request('openTransports', {})).rejects.toMatchObject({ code: 'not_joined' });
    await presenter.hear('participantLeft');
    await room.node.endSession('left');
  });

  it('replaces an account that joins again', async () => {
    room.timetable.add('twice');
    const first = await room.connect();
    await first.join(await token(presenterClaims('twice')));
    const second = await room.connect();
    const answer = await second.join(await token(presenterClaims('twice')));
    expect((await first.closed).code).toBe(closeCodes.replaced);
    expect(answer.participants).toHaveLength(1);
    await room.node.endSession('twice');
  });

  it('puts out at once whoever has lost their access', async () => {
    room.timetable.add('ended-access');
    const presenter = await room.connect();
    await presenter.join(await token(presenterClaims('ended-access')));
    const claims = receiverClaims('ended-access');
    const device = await room.connect();
    const { resumeToken } = await device.join(await token(claims));
    const signedBefore = await token(claims);
    room.node.putOut('deviceId' in claims ? claims.deviceId : '');
    expect((await device.closed).code).toBe(closeCodes.refused);
    const again = await room.connect();
    await expect(again.request('resume', { resumeToken, lastSeq: 0 })).rejects.toMatchObject({
      code: 'resume_unknown',
    });
    // A token that was signed a moment before does not lead back; a new one does.
    await expect((await room.connect()).join(signedBefore)).rejects.toMatchObject({ code: 'token_invalid' });
    const afresh = await room.connect();
    await afresh.join(await token(claims));
    await afresh.request('leave', {});
    expect(
      room.node.activeSessions().find(({ classSessionId }) => classSessionId === 'ended-access')?.participants,
    ).toBe(1);
    await room.node.endSession('ended-access');
  });

  it('puts out of some lessons whoever has lost their access to those', async () => {
    room.timetable.add('lost');
    room.timetable.add('kept');
    const { client: lost } = await room.enter(receiverClaims('lost'));
    const { client: kept } = await room.enter(receiverClaims('kept'));
    const { client: neighbour } = await room.enter(receiverClaims('lost', 2));
    const signedBefore = await token(receiverClaims('lost'));
    room.node.putOut('device-1', { classSessionIds: new Set(['lost']) });
    expect(await lost.closed).toEqual({ code: closeCodes.refused, reason: 'access_ended' });
    await expect((await room.connect()).join(signedBefore)).rejects.toMatchObject({ code: 'token_invalid' });
    for (const other of [kept, neighbour]) await other.request('ping', {});
    await room.node.endSession('lost');
    await room.node.endSession('kept');
  });

  it('spares the seats of one sign-in where the others have ended', async () => {
    for (const id of ['by-this', 'by-another', 'by-none']) room.timetable.add(id);
    const { client: own } = await room.enter({ ...presenterClaims('by-this'), signInId: 'this' } as JoinClaims);
    const others = [
      await room.enter({ ...presenterClaims('by-another'), signInId: 'another' } as JoinClaims),
      await room.enter(presenterClaims('by-none')),
    ];
    room.node.putOut('account-1', { exceptSignInId: 'this' });
    for (const { client } of others) expect((await client.closed).reason).toBe('access_ended');
    await own.request('ping', {});
    for (const id of ['by-this', 'by-another', 'by-none']) await room.node.endSession(id);
  });

  it('does not keep who loses their access while their room is being opened', async () => {
    room.timetable.add('slowly');
    const opened = room.timetable.holdDescriptions();
    const client = await room.connect();
    const joined = refusalOf(client.join(await token(receiverClaims('slowly'))));
    await vi.waitFor(() => expect(room.timetable.asked).toContain('slowly'));
    room.node.putOut('device-1');
    opened();
    expect(await joined).toBe('token_invalid');
    expect((await client.closed).code).toBe(closeCodes.refused);
    await room.node.endSession('slowly');
  });
});
