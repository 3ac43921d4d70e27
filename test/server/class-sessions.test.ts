import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClassSession } from '../../server/class-sessions/schema.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let teacher: Browser;
let device: Awaited<ReturnType<LessonWorld['enrolDevice']>>;
/** Each test has a time of its own, so that none clashes with another. */
let hours = 0;
const later = () => {
  hours += 1;
  return hours * 60;
};

beforeAll(async () => {
  world = await createLessonWorld();
  teacher = await world.signInAs('teacher-lead');
  device = await world.enrolDevice('member', '一年级教室');
});
afterAll(() => world.close());

const read = async (response: Response | Promise<Response>) => (await (await response).json()) as ClassSession;
const titles = async (browser: Browser, query = '') => {
  const { items } = (await (await browser.get(`/api/class-sessions${query}`)).json()) as { items: ClassSession[] };
  return items.map(({ title }) => title);
};

describe('scheduling', () => {
  it('puts a session of the teacher on the timetable', async () => {
    const session = await world.schedule(teacher, later(), { title: '认识几分之一', music: true });
    expect(session).toMatchObject({
      title: '认识几分之一',
      state: 'scheduled',
      school: { name: '中心小学' },
      alliance: { name: '青禾教育共同体' },
      presenter: { id: world.accounts['teacher-lead'], name: 'teacher-lead' },
      rooms: [{ id: world.rooms.member, name: '多媒体教室', school: { name: '东河小学' } }],
      place: null,
      slides: null,
      music: true,
      startedAt: null,
      recording: null,
      may: { edit: true, present: true, observe: false },
    });
    expect(await read(teacher.get(`/api/class-sessions/${session.id}`))).toEqual(session);
  });

  it.each([
    ['operator-lead', '201'],
    ['principal-lead', '201'],
    ['office-lead', '201'],
    ['admin-lead', '201'],
    ['second-teacher-lead', '403 forbidden'],
    ['operator-member', '403 forbidden'],
    ['principal-member', '403 forbidden'],
    ['teacher-stranger', '404 not_found'],
    ['principal-stranger', '404 not_found'],
  ])('lets %s schedule for a lead-school teacher: %s', async (login, expected) => {
    const browser = await world.signInAs(login);
    const body = world.plan(later(), { presenterId: world.accounts['teacher-lead'] });
    expect(await outcome(browser.post('/api/class-sessions', body))).toBe(expected);
  });

  it('refuses those without an account', async () => {
    expect(await outcome(world.open().post('/api/class-sessions', world.plan(later())))).toBe('401 not_signed_in');
    expect(await outcome(device.browser.post('/api/class-sessions', world.plan(later())))).toBe('403 forbidden');
  });

  it.each([
    ['a foreign room', () => ({ roomIds: [world.rooms.stranger] }), 'roomIds.0'],
    ['a room twice', () => ({ roomIds: [world.rooms.member, world.rooms.member] }), 'roomIds'],
    ['no room', () => ({ roomIds: [] }), 'roomIds'],
    ['an end before the start', () => ({ scheduledEnd: new Date(0).toISOString() }), 'scheduledEnd'],
    ['a presenter of another alliance', () => ({ presenterId: world.accounts['teacher-stranger'] }), 'presenterId'],
    ['an unknown place', () => ({ nodeId: crypto.randomUUID() }), 'nodeId'],
    ['unknown slides', () => ({ slidesFileId: crypto.randomUUID() }), 'slidesFileId'],
    ['no title', () => ({ title: ' ' }), 'title'],
    ['a time that is none', () => ({ scheduledStart: 'tomorrow' }), 'scheduledStart'],
  ])('refuses %s', async (_, wrong, path) => {
    const response = await teacher.post('/api/class-sessions', world.plan(later(), wrong()));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_input', errors: [{ path }] });
  });

  it('takes documents as slides and nothing else', async () => {
    const add = async (name: string, mediaType: string, owner = 'teacher-lead') => {
      const row = {
        name,
        media_type: mediaType,
        object_key: `files/${crypto.randomUUID()}`,
        bytes: 1,
        owner_id: world.accounts[owner] ?? null,
        school_id: world.schools.lead,
      };
      return (await world.db.insertInto('file').values(row).returning('id').executeTakeFirstOrThrow()).id;
    };
    const pdf = await add('分数.pdf', 'application/pdf');
    const session = await world.schedule(teacher, later(), { slidesFileId: pdf });
    expect(session.slides).toEqual({ fileId: pdf, name: '分数.pdf', pages: null, state: 'uploaded' });

    const plan = await add('分数.doc', 'application/msword');
    expect((await world.schedule(teacher, later(), { slidesFileId: plan })).slides).toMatchObject({ fileId: plan });
    const wrong = [await add('分数.mp4', 'video/mp4'), await add('分数.pdf', 'application/pdf', 'teacher-member')];
    for (const slidesFileId of wrong) {
      const response = teacher.post('/api/class-sessions', world.plan(later(), { slidesFileId }));
      expect(await outcome(response)).toBe('400 invalid_input');
    }
    const actor = (login: string, allianceIds: string[]) =>
      ({ kind: 'account', id: world.accounts[login] ?? '', role: 'teacher', schoolId: null, allianceIds }) as const;
    const { classSessions } = world;
    expect(await classSessions.mayReadAsSlides(actor('teacher-member', [world.alliances.ours]), pdf)).toBe(true);
    expect(await classSessions.mayReadAsSlides(actor('teacher-stranger', [world.alliances.other]), pdf)).toBe(false);
    expect(await classSessions.mayReadAsSlides(actor('teacher-member', [world.alliances.ours]), wrong[0] ?? '')).toBe(
      false,
    );
  });

  it('shows no slides that are given up at the same moment', async () => {
    const slidesFileId = await world.addSlides('teacher-lead', 3);
    const planned = await world.db.transaction().execute(async (trx) => {
      // As the owner's wish to give it up begins.
      await trx.selectFrom('file').select('id').where('id', '=', slidesFileId).forUpdate().execute();
      const planning = outcome(teacher.post('/api/class-sessions', world.plan(later(), { slidesFileId })));
      await new Promise((resolve) => setTimeout(resolve, 300));
      await trx.updateTable('file').set({ deleted_at: new Date() }).where('id', '=', slidesFileId).execute();
      return { planning };
    });
    expect(await planned.planning).toBe('400 invalid_input');
  });
});

describe('clashes', () => {
  it('refuses a taken presenter or room, unless told otherwise', async () => {
    const start = later();
    await world.schedule(teacher, start, { title: '先到的课' });
    const second = await world.signInAs('second-teacher-lead');

    const response = await second.post('/api/class-sessions', world.plan(start + 30));
    expect(response.status).toBe(409);
    const problem = (await response.json()) as { code: string; errors: { path: string; message: string }[] };
    expect(problem.code).toBe('conflict');
    expect(problem.errors.map(({ path }) => path)).toEqual(['roomIds.0']);
    expect(problem.errors[0]?.message).toContain('先到的课');

    const own = await teacher.post('/api/class-sessions', world.plan(start + 30, { roomIds: [world.rooms.lead] }));
    expect(await own.json()).toMatchObject({ code: 'conflict', errors: [{ path: 'presenterId' }] });
    expect(await outcome(teacher.post('/api/class-sessions', world.plan(start + 30, { allowClash: true })))).toBe(
      '201',
    );
    hours += 1;
  });

  it('counts neither a session that ends when the other begins nor a cancelled one', async () => {
    const start = later();
    const { id } = await world.schedule(teacher, start);
    expect(await outcome(teacher.post('/api/class-sessions', world.plan(start + 41)))).toBe('201');
    expect(await outcome(teacher.post('/api/class-sessions', world.plan(start)))).toBe('409 conflict');
    await teacher.post(`/api/class-sessions/${id}/cancellation`, {});
    expect(await outcome(teacher.post('/api/class-sessions', world.plan(start)))).toBe('201');
    hours += 1;
  });

  it('lets one of two who take a room at the same moment have it', async () => {
    const start = later();
    const second = await world.signInAs('second-teacher-lead');
    const answers = await Promise.all([
      outcome(teacher.post('/api/class-sessions', world.plan(start))),
      outcome(second.post('/api/class-sessions', world.plan(start))),
    ]);
    expect(answers.sort()).toEqual(['201', '409 conflict']);
  });
});

describe('changing', () => {
  it('changes what is named and keeps the rest', async () => {
    const session = await world.schedule(teacher, later());
    const path = `/api/class-sessions/${session.id}`;
    const changed = await read(teacher.patch(path, { title: '分数的大小', music: true }));
    expect(changed).toEqual({ ...session, title: '分数的大小', music: true });
    const moved = await read(teacher.patch(path, { roomIds: [world.rooms.lead] }));
    expect(moved.rooms.map(({ id }) => id)).toEqual([world.rooms.lead]);
  });

  it.each([
    ['operator-lead', '200'],
    ['office-lead', '200'],
    ['admin-lead', '200'],
    ['second-teacher-lead', '403 forbidden'],
    ['operator-member', '403 forbidden'],
    ['teacher-stranger', '404 not_found'],
    ['office-stranger', '404 not_found'],
  ])('answers %s with %s', async (login, expected) => {
    const { id } = await world.schedule(teacher, later());
    const browser =
      login === 'office-stranger' ? await world.signInAs('principal-stranger') : await world.signInAs(login);
    const path = `/api/class-sessions/${id}`;
    expect(await outcome(browser.patch(path, { title: '改了' }))).toBe(expected);
    expect(await outcome(browser.post(`${path}/cancellation`, {}))).toBe(expected);
  });

  it('cannot hand a session to somebody for whom one may not schedule', async () => {
    const { id } = await world.schedule(teacher, later());
    const change = { presenterId: world.accounts['teacher-member'] };
    expect(await outcome(teacher.patch(`/api/class-sessions/${id}`, change))).toBe('403 forbidden');
  });

  it('refuses a clash that the change makes', async () => {
    const start = later();
    await world.schedule(teacher, start);
    const { id } = await world.schedule(teacher, later());
    const { scheduledStart, scheduledEnd } = world.plan(start);
    const change = { scheduledStart, scheduledEnd };
    expect(await outcome(teacher.patch(`/api/class-sessions/${id}`, change))).toBe('409 conflict');
    expect(await outcome(teacher.patch(`/api/class-sessions/${id}`, { ...change, allowClash: true }))).toBe('200');
    // The accepted clash is no reason to refuse another title.
    expect(await outcome(teacher.patch(`/api/class-sessions/${id}`, { title: '新题目' }))).toBe('200');
  });

  it('cancels once and for all', async () => {
    const { id } = await world.schedule(teacher, later(), { title: '取消的课' });
    const path = `/api/class-sessions/${id}`;
    expect(await read(teacher.post(`${path}/cancellation`, {}))).toMatchObject({
      state: 'cancelled',
      may: { edit: false },
    });
    expect(await outcome(teacher.post(`${path}/cancellation`, {}))).toBe('200');
    expect(await outcome(teacher.patch(path, { title: '又来' }))).toBe('409 session_not_scheduled');
    expect(await outcome(teacher.post(`${path}/start`))).toBe('409 session_already_over');
    expect(await outcome(teacher.post(`${path}/join`))).toBe('409 session_already_over');
    expect(await titles(teacher)).not.toContain('取消的课');
  });
});

describe('the timetable', () => {
  it('shows each the sessions of their alliances, and a device those of its room', async () => {
    const start = later();
    const ours = await world.schedule(teacher, start, { title: '本盟的课', roomIds: [device.roomId] });
    const strangers = await world.signInAs('teacher-stranger');
    const other = { allianceId: world.alliances.other, roomIds: [world.rooms.stranger], title: '别盟的课' };
    await world.schedule(strangers, start, other);

    for (const login of ['teacher-lead', 'teacher-member', 'office-lead']) {
      const seen = await titles(await world.signInAs(login));
      expect(seen).toContain('本盟的课');
      expect(seen).not.toContain('别盟的课');
    }
    expect(await titles(strangers)).toEqual(['别盟的课']);
    expect(await titles(await world.signInAs('admin-lead'))).toEqual(expect.arrayContaining(['本盟的课', '别盟的课']));
    expect(await titles(device.browser)).toEqual(['本盟的课']);
    expect(await outcome(strangers.get(`/api/class-sessions/${ours.id}`))).toBe('404 not_found');
    expect(await outcome(world.open().get('/api/class-sessions'))).toBe('401 not_signed_in');
  });

  it('is limited by time and to those that I present', async () => {
    const start = later();
    const { scheduledStart, scheduledEnd } = await world.schedule(teacher, start, { title: '这一节' });
    await world.schedule(await world.signInAs('second-teacher-lead'), start + 20, {
      title: '别人的课',
      roomIds: [world.rooms.lead],
    });
    hours += 1;
    const range = `?from=${scheduledStart}&to=${scheduledEnd}`;
    expect(await titles(teacher, range)).toEqual(['这一节', '别人的课']);
    expect(await titles(teacher, `${range}&mine=true`)).toEqual(['这一节']);
    expect(await titles(teacher, `?from=${scheduledEnd}&mine=true`)).not.toContain('这一节');
    expect(await outcome(teacher.get('/api/class-sessions?from=yesterday'))).toBe('400 invalid_input');
  });

  it('tells a room its day', async () => {
    const actor = {
      kind: 'device',
      id: device.deviceId,
      roomId: device.roomId,
      schoolId: world.schools.member,
      allianceIds: [world.alliances.ours],
    } as const;
    // Eight in the morning there is midnight by the server's UTC: both lessons are of one day.
    const early = { scheduledStart: '2031-03-03T23:30:00Z', scheduledEnd: '2031-03-04T00:10:00Z' };
    const late = { scheduledStart: '2031-03-04T15:00:00Z', scheduledEnd: '2031-03-04T15:40:00Z' };
    const tomorrow = { scheduledStart: '2031-03-04T16:30:00Z', scheduledEnd: '2031-03-04T17:10:00Z' };
    for (const [title, time] of Object.entries({ 早读: early, 晚自习: late, 明天的课: tomorrow })) {
      await world.schedule(teacher, 0, { title, roomIds: [device.roomId], ...time });
    }
    for (const now of ['2031-03-03T16:00:00Z', '2031-03-03T23:50:00Z', '2031-03-04T15:59:59Z']) {
      const today = await world.classSessions.sessionsOfRoomToday(actor, new Date(now));
      expect(today.map(({ title }) => title)).toEqual(['早读', '晚自习']);
    }
    const night = { scheduledStart: '2031-03-05T16:05:00Z', scheduledEnd: '2031-03-05T16:45:00Z' };
    await world.schedule(teacher, 0, { title: '零点的课', roomIds: [device.roomId], ...night });
    for (const [now, told] of [
      ['2031-03-05T15:45:00Z', ['明天的课']],
      // A room enters ten minutes early.
      ['2031-03-05T15:54:00Z', ['明天的课', '零点的课']],
    ] as const) {
      const today = await world.classSessions.sessionsOfRoomToday(actor, new Date(now));
      expect(today.map(({ title }) => title)).toEqual(told);
    }
    const nextMonth = new Date('2031-04-04T00:00:00Z');
    expect(await world.classSessions.sessionsOfRoomToday(actor, nextMonth)).toEqual([]);
  });
});
