import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { verifyJoinToken } from '../../media/index.ts';
import { closeCodes, type RequestAnswer } from '../../media/protocol.ts';
import type { ClassSession, ClassSessionJoin } from '../../server/class-sessions/schema.ts';
import { createLessonWorld, type LessonWorld, tokenSecret } from './class-sessions-world.ts';
import { enter, soon } from './classroom-entry.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let teacher: Browser;
let observer: Browser;
let device: Awaited<ReturnType<LessonWorld['enrolDevice']>>;

beforeAll(async () => {
  world = await createLessonWorld();
  teacher = await world.signInAs('teacher-lead');
  observer = await world.signInAs('teacher-member');
  device = await world.enrolDevice('member', '一年级教室');
});
afterAll(() => world.close());

const schedule = (more: object = {}) =>
  world.schedule(teacher, 5, { roomIds: [device.roomId], allowClash: true, ...more });
const post = (browser: Browser, session: ClassSession, what: string) =>
  browser.post(`/api/class-sessions/${session.id}/${what}`);
const read = async <T = ClassSession>(response: Promise<Response>) => (await (await response).json()) as T;
const join = (browser: Browser, session: ClassSession) => read<ClassSessionJoin>(post(browser, session, 'join'));
const see = (session: ClassSession) => read(teacher.get(`/api/class-sessions/${session.id}`));

describe('a head count from outside the lesson', () => {
  it('is seen in it, and can be set right in it', async () => {
    const session = await schedule();
    await post(teacher, session, 'start');
    const { roomId } = device;
    const { call, told } = await enter(await join(teacher, session));
    const counts = () => told.flatMap(({ method, data }) => (method === 'headCountConfirmed' ? [data] : []));
    expect((await call('confirmHeadCount', { roomId, count: 30 })).ok).toBe(true);
    await soon(async () => expect(await world.eventsOf(session.id)).toContainEqual(['head_count', expect.anything()]));
    const path = `/api/class-sessions/${session.id}/attendance/${roomId}`;
    expect((await teacher.request(path, { method: 'PUT', json: { headCount: 12 } })).status).toBe(200);
    await soon(() => expect(counts().at(-1)).toMatchObject({ roomId, count: 12 }));
    expect((await enter(await join(observer, session))).answer.headCounts).toEqual([{ roomId, count: 12 }]);
    // What was said before the other count is news after it.
    expect((await call('confirmHeadCount', { roomId, count: 30 })).ok).toBe(true);
    await soon(async () => {
      const kept = (await world.eventsOf(session.id)).filter(([kind]) => kind === 'head_count');
      expect(kept.map(([, data]) => (data as { count: number }).count)).toEqual([30, 12, 30]);
    });
    const rooms = (await read<{ rooms: object[] }>(teacher.get(`/api/class-sessions/${session.id}/attendance`))).rooms;
    expect(rooms).toContainEqual(expect.objectContaining({ id: roomId, headCount: 30 }));
  });
});

describe('starting', () => {
  it('makes the session live with an armed recording, once', async () => {
    const session = await schedule();
    const live = await read(post(teacher, session, 'start'));
    expect(live).toMatchObject({
      state: 'live',
      recording: { state: 'armed', resourceId: null, failure: null },
      may: { edit: false, present: true },
    });
    expect(world.classroom.isLive(session.id)).toBe(true);
    const again = await read(post(teacher, session, 'start'));
    expect(again.startedAt).toBe(live.startedAt);
    expect(await outcome(teacher.patch(`/api/class-sessions/${session.id}`, { title: '晚了' }))).toBe(
      '409 session_not_scheduled',
    );
    expect(await outcome(teacher.post(`/api/class-sessions/${session.id}/cancellation`, {}))).toBe(
      '409 session_not_scheduled',
    );
  });

  it('is done by asking again when the classroom was not there', async () => {
    const session = await schedule();
    await world.stopMediaNode();
    const refused = await post(teacher, session, 'start');
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(await outcome(refused)).toBe('503 classroom_unavailable');
    // It has begun, and nobody in it is heard yet.
    const begun = await see(session);
    expect(begun).toMatchObject({ state: 'live', recording: { state: 'armed' } });
    await world.restartMediaNode();
    expect(world.classroom.isLive(session.id)).toBe(false);
    expect((await read(post(teacher, session, 'start'))).startedAt).toBe(begun.startedAt);
    expect(world.classroom.isLive(session.id)).toBe(true);
    expect((await enter(await join(teacher, session))).answer.session).toMatchObject({ live: true });
  });

  it.each([
    ['operator-lead', '403 forbidden'],
    ['admin-lead', '403 forbidden'],
    ['second-teacher-lead', '403 forbidden'],
    ['teacher-stranger', '404 not_found'],
  ])('is for the presenter only: %s gets %s', async (login, expected) => {
    const session = await schedule();
    expect(await outcome(post(await world.signInAs(login), session, 'start'))).toBe(expected);
    expect(await outcome(post(device.browser, session, 'start'))).toBe('403 forbidden');
    expect((await see(session)).state).toBe('scheduled');
  });
});

describe('joining', () => {
  it('lets a room wait inside from ten minutes before, and others outside until the lesson begins', async () => {
    const session = await schedule();
    const early = await post(observer, session, 'join');
    expect(early.headers.get('retry-after')).toBe('3');
    expect(await outcome(early)).toBe('409 session_not_live');
    const later = await world.schedule(teacher, 11, { roomIds: [device.roomId], allowClash: true });
    expect(await outcome(post(device.browser, later, 'join'))).toBe('409 session_not_live');
    expect((await post(device.browser, later, 'join')).headers.get('retry-after')).toBe('30');
    const missed = await world.schedule(teacher, -60, { roomIds: [device.roomId], allowClash: true });
    expect(await outcome(post(device.browser, missed, 'join'))).toBe('409 session_not_live');

    const waiting = await enter(await join(device.browser, session));
    expect(waiting.answer.session).toMatchObject({ id: session.id, live: false });
    await post(teacher, session, 'start');
    await soon(() => expect(waiting.told.map(({ method }) => method)).toContain('wentLive'));
    const { role, token, classSession } = await join(device.browser, session);
    expect(role).toBe('receiver');
    expect(classSession).toMatchObject({ id: session.id, may: { edit: false, present: false, observe: false } });
    expect((await verifyJoinToken(token, tokenSecret)).claims).toMatchObject({
      role: 'receiver',
      classSessionId: session.id,
      deviceId: device.deviceId,
      roomId: device.roomId,
      name: '东河小学 · 一年级教室',
      sources: ['camera', 'microphone'],
    });
  });

  it('brings a room that waits inside back to the lesson as it was changed meanwhile', async () => {
    const session = await schedule();
    const waiting = await enter(await join(device.browser, session));
    expect(waiting.answer.slides).toBeNull();
    const closed = once(waiting.socket, 'close');
    const slidesFileId = await world.addSlides('teacher-lead', 7);
    const change = { slidesFileId, title: '分数的大小' };
    expect(await outcome(teacher.patch(`/api/class-sessions/${session.id}`, change))).toBe('200');
    expect((await closed)[0]).toBe(closeCodes.goingAway);
    const back = await enter(await join(device.browser, session));
    expect(back.answer).toMatchObject({ session: { title: '分数的大小' }, slides: { fileId: slidesFileId, pages: 7 } });
    await post(teacher, session, 'start');
    await soon(() => expect(back.told.map(({ method }) => method)).toContain('wentLive'));
  });

  it('gives each the role that is theirs, and only that', async () => {
    const session = await schedule({ music: true });
    const before = await join(teacher, session);
    expect(before.role).toBe('presenter');
    await post(teacher, session, 'start');
    expect((await verifyJoinToken(before.token, tokenSecret)).claims).toMatchObject({
      role: 'presenter',
      accountId: world.accounts['teacher-lead'],
      sources: ['camera', 'microphone', 'screen', 'screenAudio'],
    });
    const watching = await join(observer, session);
    expect(watching.classSession.may).toEqual({ edit: false, present: false, observe: true });
    expect((await verifyJoinToken(watching.token, tokenSecret)).claims).toMatchObject({
      role: 'observer',
      sources: [],
    });
    const inRoom = await join(device.browser, session);
    expect((await verifyJoinToken(inRoom.token, tokenSecret)).claims).toMatchObject({ sources: ['camera'] });
  });

  it('refuses strangers, and devices of other rooms', async () => {
    const session = await schedule();
    await post(teacher, session, 'start');
    const elsewhere = await world.enrolDevice('member', '二年级教室');
    expect(await outcome(post(elsewhere.browser, session, 'join'))).toBe('404 not_found');
    expect(await outcome(post(await world.signInAs('teacher-stranger'), session, 'join'))).toBe('404 not_found');
    expect(await outcome(post(world.open(), session, 'join'))).toBe('401 not_signed_in');
  });

  it('opens the classroom', async () => {
    const session = await schedule({ slidesFileId: await world.addSlides('teacher-lead', 5) });
    await post(teacher, session, 'start');
    const presenter = await enter(await join(teacher, session));
    expect(presenter.answer.session).toMatchObject({ id: session.id, title: session.title, live: true });
    const room = await enter(await join(device.browser, session));
    expect(room.answer.participants.map(({ role }) => role).sort()).toEqual(['presenter', 'receiver']);
    expect((await presenter.call('turnSlide', { page: 3 })).ok).toBe(true);
    await soon(() => expect(room.told.map(({ method }) => method)).toContain('slideTurned'));
    expect((await room.call('leave', {})).ok).toBe(true);

    await soon(async () => {
      const events = await world.eventsOf(session.id);
      expect(events).toMatchObject([
        ['joined', { role: 'presenter', accountId: world.accounts['teacher-lead'] }],
        ['joined', { role: 'receiver', deviceId: device.deviceId, roomId: device.roomId }],
        ['slide', { page: 3 }],
        ['left', { roomId: device.roomId }],
      ]);
    });
  });

  it('does not open the classroom with a token that has been altered or used, or has expired', async () => {
    const session = await schedule();
    await post(teacher, session, 'start');
    const spent = await join(teacher, session);
    expect((await enter(spent)).joined.ok).toBe(true);
    expect((await enter(spent)).joined).toMatchObject({ ok: false, error: { code: 'token_used' } });
    const ticket = await join(teacher, session);
    const [head, , signature] = ticket.token.split('.');
    const claims = Buffer.from(JSON.stringify({ role: 'presenter' })).toString('base64url');
    const forged = await enter({ ...ticket, token: `${head}.${claims}.${signature}` });
    expect(forged.joined).toMatchObject({ ok: false, error: { code: 'token_invalid' } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 70_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    expect((await enter(ticket)).joined).toMatchObject({ ok: false, error: { code: 'token_expired' } });
  });
});

describe('a lesson that is given to others before it begins', () => {
  it('is not entered by what was signed before', async () => {
    const session = await schedule();
    const operator = await world.signInAs('operator-lead');
    const change = (patch: object) =>
      outcome(operator.patch(`/api/class-sessions/${session.id}`, { ...patch, allowClash: true }));
    const refused = { ok: false, error: { code: 'token_invalid' } };

    const asPresenter = await join(teacher, session);
    expect(await change({ presenterId: world.accounts['second-teacher-lead'] })).toBe('200');
    expect((await enter(asPresenter)).joined).toMatchObject(refused);

    const asRoom = await join(device.browser, session);
    expect(await change({ roomIds: [world.rooms.member] })).toBe('200');
    expect((await enter(asRoom)).joined).toMatchObject(refused);
    expect((await enter(await join(await world.signInAs('second-teacher-lead'), session))).joined.ok).toBe(true);
  });
});

describe('a token', () => {
  it('is as old as the knowledge that its bearer has access', async () => {
    const session = await schedule();
    const ask = { kind: 'account', id: world.accounts['teacher-lead'] ?? '', role: 'teacher' } as const;
    const actor = { ...ask, schoolId: world.schools.lead, allianceIds: [world.alliances.ours] };
    const knownAt = Date.now();
    // Whatever takes access away between the look and the signature.
    await world.classroom.refreshSession(session.id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const late = await world.classSessions.join({ ...actor, knownAt }, session.id);
    expect((await enter(late)).joined).toMatchObject({ ok: false, error: { code: 'token_invalid' } });
    expect((await enter(await join(teacher, session))).joined.ok).toBe(true);
  });

  it('is signed for who asks as of when the request came', async () => {
    const session = await schedule();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const came = Date.now();
    const asked = join(teacher, session);
    vi.setSystemTime(came + 2_000);
    const { signedAt } = await verifyJoinToken((await asked).token, tokenSecret);
    expect(signedAt).toBe(came);
  });
});

describe('a school that has left the alliance', () => {
  it('has no part in its lessons to come, and keeps sight of those that were', async () => {
    const { db, alliances, schools } = world;
    const session = await schedule();
    const own = await world.schedule(observer, 60);
    const row = { alliance_id: alliances.ours, school_id: schools.member, role: 'member' as const };
    const member = db.deleteFrom('alliance_school').where('school_id', '=', row.school_id);
    await member.where('alliance_id', '=', row.alliance_id).execute();
    onTestFinished(async () => void (await db.insertInto('alliance_school').values(row).execute()));

    const { browser } = device;
    expect(await outcome(browser.get(`/api/class-sessions/${session.id}`))).toBe('404 not_found');
    expect(await outcome(post(browser, session, 'join'))).toBe('404 not_found');
    expect(await outcome(post(browser, session, 'assistant-invitation'))).toBe('404 not_found');
    const today = await read<{ sessions: { id: string }[] }>(browser.get('/api/device/today'));
    expect(today.sessions).toEqual([]);
    for (const what of ['start', 'join']) expect(await outcome(post(observer, own, what))).toBe('404 not_found');

    const ids = [session.id, own.id];
    await db.updateTable('class_session').set({ state: 'ended' }).where('id', 'in', ids).execute();
    expect(await outcome(browser.get(`/api/class-sessions/${session.id}`))).toBe('200');
    expect(await outcome(observer.get(`/api/class-sessions/${own.id}`))).toBe('200');
  });
});

describe('ending', () => {
  it('tells everybody, and has the recording finished', async () => {
    const session = await schedule();
    await post(teacher, session, 'start');
    const room = await enter(await join(device.browser, session));
    await soon(async () => expect(await world.recordersOf(session.id)).toBe(1));
    const ended = await read(post(teacher, session, 'end'));
    expect(ended).toMatchObject({ state: 'ended', recording: { state: 'finishing' }, may: { present: false } });
    expect(ended.endedAt).not.toBeNull();
    await soon(() => expect(room.told.at(-1)).toMatchObject({ method: 'ended', data: { reason: 'presenter' } }));
    expect(await outcome(post(teacher, session, 'end'))).toBe('200');
    expect(await outcome(post(teacher, session, 'start'))).toBe('409 session_already_over');
    expect(await outcome(post(device.browser, session, 'join'))).toBe('409 session_already_over');
    expect(await world.recordingJobs(session.id)).toEqual(['recording.finish']);
  });

  it('can be done by the presenter in the classroom', async () => {
    const session = await schedule();
    await post(teacher, session, 'start');
    const presenter = await enter(await join(teacher, session));
    await presenter.call('end', {});
    await soon(async () => expect((await see(session)).state).toBe('ended'));
    // The recorder may not even have been ready yet; then somebody looks after what it leaves.
    expect(await world.recordingJobs(session.id)).toEqual([expect.stringMatching(/^recording\.(finish|conclude)$/)]);
  });

  it.each([
    ['operator-lead', '200'],
    ['admin-lead', '200'],
    ['principal-lead', '403 forbidden'],
    ['second-teacher-lead', '403 forbidden'],
    ['operator-member', '403 forbidden'],
    ['teacher-stranger', '404 not_found'],
  ])('answers %s with %s', async (login, expected) => {
    const session = await schedule();
    expect(await outcome(post(teacher, session, 'end'))).toBe('409 session_not_live');
    await post(teacher, session, 'start');
    expect(await outcome(post(await world.signInAs(login), session, 'end'))).toBe(expected);
  });

  it('happens by itself when the server died and nobody came back', async () => {
    const session = await schedule();
    const startedAt = new Date(Date.now() - 600_000);
    await world.db
      .updateTable('class_session')
      .set({ state: 'live', started_at: startedAt, seen_at: startedAt })
      .where('id', '=', session.id)
      .execute();
    await world.recordings.arm(world.db, session.id, startedAt);
    const held = await schedule();
    await post(teacher, held, 'start');

    const watch = world.watch(1000);
    onTestFinished(() => watch.close());
    const startOfWatch = Date.now();
    await soon(async () => expect((await see(session)).state).toBe('ended'));
    expect(Date.now() - startOfWatch).toBeGreaterThan(900);
    // It was over when it was last held by a server.
    expect((await see(session)).endedAt).toBe(startedAt.toISOString());
    expect(await world.recordingJobs(session.id)).toEqual(['recording.conclude']);
    // The session whose room is open here is held by this process and goes on.
    expect(await see(held)).toMatchObject({ state: 'live' });
  });

  it('counts the rooms of a server that died until it was last seen', async () => {
    const session = await schedule();
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    await world.db
      .updateTable('class_session')
      .set({ state: 'live', started_at: ago(30), seen_at: ago(10) })
      .where('id', '=', session.id)
      .execute();
    await world.recordings.arm(world.db, session.id, ago(30));
    const who = { role: 'receiver', accountId: null, deviceId: 'device', roomId: device.roomId };
    const event = (at: Date, kind: string, data: object) => ({
      ...{ class_session_id: session.id, at, kind, data: JSON.stringify(data) },
    });
    const heard = { participantId: 'late', roomId: device.roomId, expectedMs: 1000, receivedMs: 1000 };
    await world.db
      .insertInto('class_event')
      .values([
        event(ago(30), 'joined', { ...who, participantId: 'early' }),
        event(ago(28), 'left', { ...who, participantId: 'early' }),
        event(ago(20), 'joined', { ...who, participantId: 'late' }),
        event(ago(9.9), 'audio', heard),
      ])
      .execute();
    const minutes = async () => {
      const path = `/api/class-sessions/${session.id}/attendance`;
      const { rooms } = await read<{ rooms: { id: string; connectedMs: number }[] }>(teacher.get(path));
      return (rooms.find(({ id }) => id === device.roomId)?.connectedMs ?? 0) / 60_000;
    };
    // Nobody holds it: what is written down goes as far as that.
    expect(await minutes()).toBeCloseTo(12.5, 1);
    const lefts = async () => (await world.eventsOf(session.id)).filter(([kind]) => kind === 'left').length;
    expect(await lefts()).toBe(1);
    await enter(await join(teacher, session));
    await world.db.updateTable('class_session').set({ seen_at: new Date() }).where('id', '=', session.id).execute();
    expect(await lefts()).toBe(2);
    expect(await minutes()).toBeCloseTo(12.1, 1);
    // A room that a live server closes tells it by itself.
    await world.restartMediaNode();
    await enter(await join(teacher, session));
    await soon(async () => expect(await lefts()).toBe(3));
  });

  it('lets the presenter come back after the server died', async () => {
    const session = await schedule({ slidesFileId: await world.addSlides('teacher-lead', 5) });
    await post(teacher, session, 'start');
    const before = await enter(await join(teacher, session));
    await before.call('turnSlide', { page: 4 });
    const at = { fileId: session.slides?.fileId, page: 4 };
    const stroke = { id: 'kept', color: 'red', width: 'thin', points: [1, 1, 2, 2] };
    await before.call('drawStroke', { ...at, from: 0, stroke });
    await before.call('drawStroke', { ...at, from: 2, stroke: { ...stroke, points: [3, 3] } });
    await before.call('drawStroke', { ...at, from: 0, stroke: { ...stroke, id: 'undone' } });
    await before.call('undoStroke', { ...at, strokeId: 'undone' });
    const { roomId } = device;
    const room = await enter(await join(device.browser, session));
    for (const method of ['callToStage', 'sendDown', 'callToStage']) await before.call(method, { roomId });
    await room.call('raiseHand', { raised: true });
    const said = (await room.call('sendMessage', { kind: 'no_sound' })).data as RequestAnswer<'sendMessage'>;
    await before.call('seeMessage', said);
    await before.call('setTimer', { durationMs: 600_000 });
    await before.call('mute', { participantId: room.answer.participantId, muted: true });
    await soon(async () =>
      expect(await world.eventsOf(session.id)).toContainEqual(['slide', expect.objectContaining({ page: 4 })]),
    );
    await world.restartMediaNode();
    expect(world.classroom.isLive(session.id)).toBe(false);
    const { answer } = await enter(await join(teacher, session));
    expect(answer).toMatchObject({ session: { live: true }, page: 4, slides: { pages: 5 } });
    expect(answer).toMatchObject({ ink: [{ ...stroke, points: [1, 1, 2, 2, 3, 3] }] });
    expect(answer).toMatchObject({ stage: [roomId], turns: [{ roomId, count: 2 }], hands: [{ roomId }] });
    expect(answer).toMatchObject({ messages: [{ id: said.messageId, seen: true }], timer: { durationMs: 600_000 } });
    const { participants } = (await enter(await join(device.browser, session))).answer;
    expect(participants).toContainEqual(expect.objectContaining({ roomId, muted: true }));
    expect(world.classroom.isLive(session.id)).toBe(true);
  });
});
