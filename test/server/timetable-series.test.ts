import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreviewAnswer, SeriesAnswer } from '../../server/class-sessions/planning-schema.ts';
import type { ClassSession, DayChange } from '../../server/class-sessions/schema.ts';
import type { NoticeList } from '../../server/notices/schema.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let teacher: Browser;
let second: Browser;
let operator: Browser;
/** Far enough from today, whenever this runs. */
const year = new Date().getUTCFullYear() + 1;
const day = (monthDay: string) => `${year}-${monthDay}`;
/** The first Monday of September. */
const monday = (() => {
  const first = new Date(Date.UTC(year, 8, 1));
  return new Date(Date.UTC(year, 8, 1 + ((8 - first.getUTCDay()) % 7))).toISOString().slice(0, 10);
})();
const plus = (from: string, days: number) => new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
/** An hour of the clocks in Shanghai. */
const at = (on: string, time: string) => new Date(`${on}T${time}:00+08:00`).toISOString();

beforeAll(async () => {
  world = await createLessonWorld();
  [teacher, second, operator] = await Promise.all([
    world.signInAs('teacher-lead'),
    world.signInAs('second-teacher-lead'),
    world.signInAs('operator-member'),
  ]);
  const keeper = await world.signInAs('operator-lead');
  const times = ['08:00', '08:50', '10:00', '10:50', '14:00', '14:50'];
  const periods = times.map((start, index) => ({
    label: `第${index + 1}节`,
    start,
    end: `${start.slice(0, 2)}:${String(Number(start.slice(3)) + (start.endsWith('50') ? 9 : 40)).padStart(2, '0')}`,
  }));
  const bells = { timeZone: 'Asia/Shanghai', schedules: [{ name: '全年', season: null, periods }] };
  expect(await outcome(keeper.put(`/api/schools/${world.schools.lead}/bell-times`, bells))).toBe('200');
  const term = {
    kind: 'autumn',
    name: `${year} 年秋季学期`,
    firstDay: monday,
    lastDay: plus(monday, 6 * 7 - 1),
    daysOff: [{ from: plus(monday, 21), to: plus(monday, 25), name: '国庆节' }],
    makeUpDays: [{ day: plus(monday, 26), insteadOf: plus(monday, 21) }],
  };
  expect(await outcome(keeper.post(`/api/alliances/${world.alliances.ours}/terms`, term))).toBe('201');
});
afterAll(() => world.close());

const body = (more: object = {}) => ({
  title: '同步英语',
  allianceId: world.alliances.ours,
  roomIds: [world.rooms.member],
  ...more,
});
const weekly = (slots: object[], more: object = {}) => ({
  from: day('09-01'),
  slots,
  weeks: 'all',
  until: { kind: 'term' },
  ...more,
});
const read = async <T>(response: Promise<Response>, status: number): Promise<T> => {
  const answered = await response;
  if (answered.status !== status) throw new Error(`${answered.status}: ${await answered.text()}`);
  return (await answered.json()) as T;
};
const preview = (browser: Browser, when: object, more: object = {}) =>
  read<PreviewAnswer>(browser.post('/api/class-session-previews', body({ when, ...more })), 200);
const series = (browser: Browser, repetition: object, more: object = {}) =>
  read<SeriesAnswer>(browser.post('/api/class-session-series', body({ repetition, ...more })), 201);
const inSeries = async (id: string) =>
  await world.db
    .selectFrom('class_session')
    .select(['id', 'state', 'scheduled_start', 'period_label', 'title', 'sequence'])
    .where('series_id', '=', id)
    .orderBy('scheduled_start')
    .execute();
const notices = (browser: Browser) => read<NoticeList>(browser.get('/api/me/notices'), 200);

describe('a lesson in a period', () => {
  it("is at that hour of the presenter's school", async () => {
    const session = await read<ClassSession>(
      teacher.post('/api/class-sessions', body({ at: { day: plus(monday, 5), period: 3 } })),
      201,
    );
    expect(session).toMatchObject({
      scheduledStart: at(plus(monday, 5), '10:00'),
      scheduledEnd: at(plus(monday, 5), '10:40'),
      period: '第3节',
      seriesId: null,
      change: null,
    });
  });

  it.each([
    ['a period that the day does not have', { at: { day: '2099-01-01', period: 20 } }, 'at.period'],
    ['neither period nor time', {}, 'scheduledStart'],
  ])('is not there for %s', async (_, when, path) => {
    const response = await teacher.post('/api/class-sessions', body(when));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path }, ...(path === 'at.period' ? [] : [{}])] });
  });

  it('is told of as taken while the form is filled in, and not what with to whom may not see it', async () => {
    const when = { kind: 'period', day: plus(monday, 5), period: 3 };
    const [mine] = (await preview(second, when)).occurrences;
    expect(mine).toMatchObject({ day: plus(monday, 5), week: 1, periodLabel: '第3节' });
    expect(mine?.clashes).toEqual([
      {
        roomId: world.rooms.member,
        start: at(plus(monday, 5), '10:00'),
        end: at(plus(monday, 5), '10:40'),
        title: '同步英语',
      },
    ]);

    // The room's school is in a second alliance, whose people may not see what it does in the first one.
    const { alliances, schools, rooms } = world;
    const row = { alliance_id: alliances.other, school_id: schools.member, role: 'member' as const };
    await world.db.insertInto('alliance_school').values(row).execute();
    const stranger = await world.signInAs('teacher-stranger');
    const elsewhere = { allianceId: alliances.other, roomIds: [rooms.member] };
    const time = { kind: 'times', start: at(plus(monday, 5), '10:30'), end: at(plus(monday, 5), '11:00') };
    const [theirs] = (await preview(stranger, time, elsewhere)).occurrences;
    expect(theirs?.clashes).toMatchObject([{ roomId: rooms.member, title: null }]);
    await world.db
      .deleteFrom('alliance_school')
      .where('school_id', '=', schools.member)
      .where('alliance_id', '=', alliances.other)
      .execute();
  });

  it.each([
    ['teacher-member', '403 forbidden'],
    ['operator-member', '403 forbidden'],
    ['teacher-stranger', '404 not_found'],
  ])('cannot be looked for in the days of others by %s: %s', async (login, expected) => {
    const when = { kind: 'times', start: at(monday, '08:00'), end: at(monday, '08:40') };
    const wish = body({ when, presenterId: world.accounts['teacher-lead'] });
    expect(await outcome((await world.signInAs(login)).post('/api/class-session-previews', wish))).toBe(expected);
    const repetition = weekly([{ weekday: 1, period: 1 }]);
    const wanted = body({ repetition, presenterId: world.accounts['teacher-lead'] });
    expect(await outcome((await world.signInAs(login)).post('/api/class-session-series', wanted))).toBe(expected);
  });
});

describe('a series', () => {
  const slots = [{ weekday: 1, period: 1 }];

  it('is previewed with its holidays, its make-up day and what stands in its way', async () => {
    const taken = await read<ClassSession>(
      second.post('/api/class-sessions', body({ title: '先到的课', at: { day: plus(monday, 14), period: 1 } })),
      201,
    );
    const found = await preview(teacher, { kind: 'weekly', ...weekly(slots) });
    expect(found.term?.name).toBe(`${year} 年秋季学期`);
    expect(found.occurrences.map((one) => [one.day, one.clashes.length])).toEqual([
      [monday, 0],
      [plus(monday, 7), 0],
      [plus(monday, 14), 1],
      [plus(monday, 26), 0],
      [plus(monday, 28), 0],
      [plus(monday, 35), 0],
    ]);
    expect(found.occurrences[3]).toMatchObject({ insteadOf: plus(monday, 21) });
    expect(found.skipped).toEqual([{ day: plus(monday, 21), reason: 'day_off', name: '国庆节' }]);

    // All or nothing: a clash keeps all of them away.
    const before = await world.db.selectFrom('class_session').select('id').execute();
    const refused = await teacher.post('/api/class-session-series', body({ repetition: weekly(slots) }));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: 'conflict', errors: [{ path: 'times.2.roomIds.0' }] });
    expect(await world.db.selectFrom('class_session').select('id').execute()).toHaveLength(before.length);

    const made = await series(teacher, weekly(slots), { skip: [taken.scheduledStart] });
    expect(made.items.map(({ scheduledStart }) => scheduledStart)).toEqual(
      [0, 7, 26, 28, 35].map((days) => at(plus(monday, days), '08:00')),
    );
    expect(made.items.every(({ seriesId, period }) => seriesId === made.id && period === '第1节')).toBe(true);
  });

  it('is made once when two come at once for the same room', async () => {
    const repetition = weekly([{ weekday: 2, period: 2 }]);
    const wishes = [teacher, second].map((browser) =>
      outcome(browser.post('/api/class-session-series', body({ repetition }))),
    );
    expect((await Promise.all(wishes)).sort()).toEqual(['201', '409 conflict']);
  });

  it('and a single lesson that come at once do not share a room', async () => {
    const repetition = weekly([{ weekday: 2, period: 4 }]);
    const single = body({ at: { day: plus(monday, 8), period: 4 } });
    const both = await Promise.all([
      outcome(teacher.post('/api/class-session-series', body({ repetition }))),
      outcome(second.post('/api/class-sessions', single)),
    ]);
    expect(both.sort()).toEqual(['201', '409 conflict']);
  });

  it('is changed in one lesson, in all that follow, or in all that have not begun', async () => {
    const { id, items } = await series(teacher, weekly([{ weekday: 3, period: 1 }]));
    expect(items.length).toBe(5);
    const path = (index: number) => `/api/class-sessions/${items[index]?.id}`;
    const titles = async () => (await inSeries(id)).map(({ title }) => title);

    expect(await outcome(teacher.patch(path(1), { title: '只这一次' }))).toBe('200');
    expect(await titles()).toEqual(['同步英语', '只这一次', '同步英语', '同步英语', '同步英语']);
    expect(await outcome(teacher.patch(path(3), { title: '以后', scope: 'following' }))).toBe('200');
    expect(await titles()).toEqual(['同步英语', '只这一次', '同步英语', '以后', '以后']);
    await world.db
      .updateTable('class_session')
      .set({ state: 'ended' })
      .where('id', '=', items[0]?.id ?? '')
      .execute();
    expect(await outcome(teacher.patch(path(3), { title: '全部', scope: 'series' }))).toBe('200');
    expect(await titles()).toEqual(['同步英语', '全部', '全部', '全部', '全部']);
  });

  it('is moved to another period on its own days, but for lessons that were moved by themselves', async () => {
    const { id, items } = await series(teacher, weekly([{ weekday: 4, period: 1 }]));
    const [first, other] = items;
    const days = items.map(({ scheduledStart }) =>
      new Date(Date.parse(scheduledStart) + 8 * 3_600_000).toISOString().slice(0, 10),
    );
    const alone = { at: { day: days[1] ?? '', period: 5 }, reason: '教研活动' };
    expect(await outcome(teacher.patch(`/api/class-sessions/${other?.id}`, alone))).toBe('200');

    const answer = await read<ClassSession>(
      teacher.patch(`/api/class-sessions/${first?.id}`, { at: { day: days[0] ?? '', period: 2 }, scope: 'series' }),
      200,
    );
    expect(answer.change).toMatchObject({ kind: 'moved', from: { start: first?.scheduledStart, period: '第1节' } });
    const rows = await inSeries(id);
    expect(rows.map((row) => [row.scheduled_start.toISOString(), row.period_label])).toEqual(
      days.map((on, index) => (index === 1 ? [at(on, '14:00'), '第5节'] : [at(on, '08:50'), '第2节'])),
    );

    const wrong = { at: { day: plus(days[0] ?? '', 1), period: 2 }, scope: 'following' };
    const refused = await teacher.patch(`/api/class-sessions/${first?.id}`, wrong);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errors: [{ path: 'scope' }] });

    // Back where it was announced, nothing is told of it any more.
    const back = { at: { day: days[0] ?? '', period: 1 } };
    const again = await read<ClassSession>(teacher.patch(`/api/class-sessions/${first?.id}`, back), 200);
    expect(again).toMatchObject({ change: null, scheduledStart: first?.scheduledStart });

    const when = { kind: 'period', day: days[0], period: 5 };
    const seen = await preview(teacher, when, { changing: { id: first?.id, scope: 'series' } });
    expect(seen.occurrences.flatMap(({ clashes }) => clashes)).toEqual([]);
    expect(seen.occurrences).toHaveLength(rows.length);
  });

  it('is not moved onto itself', async () => {
    const friday = [5, 6].map((period) => ({ weekday: 5, period }));
    const { id, items } = await series(teacher, weekly(friday, { until: { kind: 'count', count: 4 } }));
    const [first] = items;
    const on = plus(monday, 4);
    const when = { kind: 'period', day: on, period: 6 };
    const seen = await preview(teacher, when, { changing: { id: first?.id, scope: 'series' } });
    expect(seen.occurrences.map(({ clashes }) => clashes.length)).toEqual([0, 1, 0, 1]);
    expect(seen.occurrences[1]?.clashes).toMatchObject([{ roomId: null, title: null, start: at(on, '14:50') }]);

    const move = { at: { day: on, period: 6 }, scope: 'series' };
    const refused = await teacher.patch(`/api/class-sessions/${first?.id}`, move);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({
      code: 'conflict',
      errors: [{ path: 'presenterId' }, { path: 'roomIds.0' }],
    });
    expect(await outcome(teacher.patch(`/api/class-sessions/${first?.id}`, { ...move, allowClash: true }))).toBe('200');
    const times = (await inSeries(id)).map((row) => row.period_label);
    expect(times).toEqual(['第6节', '第6节', '第6节', '第6节']);
  });

  it('tells nothing of its days to whom it is not to change', async () => {
    const { items } = await series(teacher, weekly([{ weekday: 4, period: 6 }]));
    const when = { kind: 'period', day: items[0]?.scheduledStart.slice(0, 10), period: 1 };
    const changing = { id: items[0]?.id, scope: 'series' };
    const { alliances, rooms } = world;
    const elsewhere = { allianceId: alliances.other, roomIds: [rooms.stranger], changing };
    const noPeriods = { kind: 'times', start: at(monday, '08:00'), end: at(monday, '08:40') };
    const others = [
      await preview(await world.signInAs('teacher-stranger'), noPeriods, elsewhere),
      await preview(second, when, { changing }),
    ];
    for (const { occurrences } of others) expect(occurrences).toHaveLength(1);
    expect((await preview(teacher, when, { changing })).occurrences).toHaveLength(items.length);
  });

  it('is cancelled by two at once, from whichever of its lessons', async () => {
    const { id, items } = await series(teacher, weekly([{ weekday: 2, period: 6 }]));
    const cancel = (index: number) =>
      outcome(teacher.post(`/api/class-sessions/${items[index]?.id}/cancellation`, { scope: 'series' }));
    const held = await world.db.startTransaction().execute();
    await held
      .selectFrom('class_session')
      .select('id')
      .where('id', '=', items[0]?.id ?? '')
      .forUpdate()
      .execute();
    // Both have begun, and wait for the first lesson.
    const cancelled = Promise.all([cancel(3), cancel(1)]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await held.rollback().execute();
    expect(await cancelled).toEqual(['200', '200']);
    expect((await inSeries(id)).map(({ state }) => state)).toEqual(items.map(() => 'cancelled'));
  });

  it('is cancelled from one lesson on, for a reason that everybody reads', async () => {
    const { id, items } = await series(teacher, weekly([{ weekday: 5, period: 1 }]));
    const path = `/api/class-sessions/${items[2]?.id}/cancellation`;
    expect(await outcome(operator.post(path, { scope: 'following' }))).toBe('403 forbidden');
    const cancelled = await read<ClassSession>(teacher.post(path, { scope: 'following', reason: '外出培训' }), 200);
    expect(cancelled).toMatchObject({ state: 'cancelled', change: { kind: 'cancelled', reason: '外出培训' } });
    expect((await inSeries(id)).map(({ state }) => state)).toEqual(
      items.map((_, index) => (index < 2 ? 'scheduled' : 'cancelled')),
    );
    // What is free again can be taken by others.
    const freed = body({ at: { day: plus(monday, 4 + 35), period: 1 } });
    expect(await outcome(second.post('/api/class-sessions', freed))).toBe('201');
  });

  it.each([
    [
      'weeks that make nothing',
      weekly([{ weekday: 1, period: 1 }], { until: { kind: 'day', day: '2020-01-01' } }),
      'repetition.slots',
    ],
    [
      'lessons that overlap',
      weekly([
        { weekday: 6, period: 1 },
        { weekday: 6, start: '08:20', end: '09:00' },
      ]),
      'repetition.slots',
    ],
    ['no weekday', weekly([]), 'repetition.slots'],
    ['a ninth day of the week', weekly([{ weekday: 9, period: 1 }]), 'repetition.slots.0'],
  ])('is not made of %s', async (_, repetition, path) => {
    const response = await teacher.post('/api/class-session-series', body({ repetition }));
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors[0]?.path).toContain(path);
  });

  it('is not made when everything of it is left out', async () => {
    const repetition = weekly([{ weekday: 6, period: 6 }]);
    const { occurrences } = await preview(teacher, { kind: 'weekly', ...repetition });
    const skip = occurrences.map(({ start }) => start);
    const response = await teacher.post('/api/class-session-series', body({ repetition, skip }));
    expect(await response.json()).toMatchObject({ code: 'invalid_input', errors: [{ path: 'skip' }] });
  });
});

describe('a change', () => {
  it('is told to the presenter and the operators of the rooms, and to nobody else', async () => {
    const office = await world.signInAs('office-lead');
    await Promise.all([teacher, operator].map((browser) => browser.post('/api/me/notices/read', {})));
    const wish = {
      ...body({ title: '要变的课', at: { day: plus(monday, 12), period: 1 } }),
      presenterId: world.accounts['teacher-lead'],
    };
    const session = await read<ClassSession>(office.post('/api/class-sessions', wish), 201);
    const path = `/api/class-sessions/${session.id}`;
    await read(office.patch(path, { at: { day: plus(monday, 12), period: 5 }, reason: '与运动会冲突' }), 200);
    await read(office.post(`${path}/cancellation`, { reason: '停电' }), 200);

    for (const browser of [teacher, operator]) {
      const { items, unread } = await notices(browser);
      expect(unread).toBe(2);
      expect(items.slice(0, 2)).toMatchObject([
        { kind: 'cancelled', title: '要变的课', by: 'office-lead', reason: '停电', to: null, read: false },
        {
          kind: 'moved',
          reason: '与运动会冲突',
          classSessionId: session.id,
          from: { start: at(plus(monday, 12), '08:00'), period: '第1节' },
          to: { start: at(plus(monday, 12), '14:00'), period: '第5节' },
          count: 1,
        },
      ]);
    }
    for (const login of ['teacher-member', 'operator-lead', 'operator-stranger', 'office-lead']) {
      const { items } = await notices(await world.signInAs(login));
      expect(
        items.filter(({ title }) => title === '要变的课'),
        login,
      ).toEqual([]);
    }
    const [newest] = (await notices(operator)).items;
    // Somebody else's notices are not for me to read away.
    await teacher.post('/api/me/notices/read', { ids: [newest?.id] });
    expect((await notices(operator)).unread).toBe(2);
    await operator.post('/api/me/notices/read', { ids: [newest?.id] });
    expect((await notices(operator)).unread).toBe(1);
    expect((await notices(teacher)).unread).toBe(2);
  });

  it('of nothing that others see is told to nobody', async () => {
    const session = await read<ClassSession>(
      teacher.post('/api/class-sessions', body({ at: { day: plus(monday, 13), period: 1 } })),
      201,
    );
    const { items: before } = await notices(operator);
    await read(teacher.patch(`/api/class-sessions/${session.id}`, { music: true, title: '新名字' }), 200);
    expect((await notices(operator)).items).toEqual(before);
  });

  it('stays to be seen where the lesson was to be', async () => {
    const on = plus(monday, 13);
    const session = await read<ClassSession>(
      teacher.post('/api/class-sessions', body({ title: '改期的课', at: { day: on, period: 2 } })),
      201,
    );
    const path = `/api/class-sessions/${session.id}`;
    await read(teacher.patch(path, { at: { day: plus(on, 30), period: 2 }, reason: '改期' }), 200);
    const range = `from=${encodeURIComponent(at(on, '00:00'))}&to=${encodeURIComponent(at(plus(on, 1), '00:00'))}`;
    const titles = async (query: string) =>
      (await read<{ items: ClassSession[] }>(operator.get(`/api/class-sessions?${query}`), 200)).items.map(
        ({ title }) => title,
      );
    expect(await titles(range)).not.toContain('改期的课');
    expect(await titles(`${range}&changes=true`)).toContain('改期的课');
    await read(teacher.post(`${path}/cancellation`, {}), 200);
    expect(await titles(range)).not.toContain('改期的课');
    expect(await titles(`${range}&changes=true`)).toContain('改期的课');
  });

  it("is on the room's screen of that day", async () => {
    const device = await world.enrolDevice('member', '改期教室');
    const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
    // Still today in Shanghai, whatever the hour is: the minute that is now.
    const wish = { ...body({ title: '今天的课' }), roomIds: [device.roomId], allowClash: true };
    const times = { scheduledStart: soon(0), scheduledEnd: soon(1) };
    const moved = await read<ClassSession>(teacher.post('/api/class-sessions', { ...wish, ...times }), 201);
    const gone = await read<ClassSession>(
      teacher.post('/api/class-sessions', { ...wish, ...times, title: '不上的课' }),
      201,
    );
    const later = {
      scheduledStart: soon(60 * 48),
      scheduledEnd: soon(60 * 48 + 40),
      reason: '设备检修',
      allowClash: true,
    };
    await read(teacher.patch(`/api/class-sessions/${moved.id}`, later), 200);
    await read(teacher.post(`/api/class-sessions/${gone.id}/cancellation`, { reason: '停课' }), 200);
    const today = await read<{ sessions: ClassSession[]; changes: DayChange[] }>(
      device.browser.get('/api/device/today'),
      200,
    );
    expect(today.sessions).toEqual([]);
    expect(today.changes.map(({ title, kind, reason, to }) => [title, kind, reason, to?.start ?? null]).sort()).toEqual(
      [
        ['不上的课', 'cancelled', '停课', null],
        ['今天的课', 'moved', '设备检修', later.scheduledStart],
      ],
    );
    const elsewhere = await world.enrolDevice('member', '别的教室');
    expect((await read<{ changes: DayChange[] }>(elsewhere.browser.get('/api/device/today'), 200)).changes).toEqual([]);
  });
});

describe('a group of rooms', () => {
  const path = () => `/api/alliances/${world.alliances.ours}/room-groups`;
  type Group = { id: string; name: string; roomIds: string[]; mayKeep: boolean };

  it('is one of a list that does not grow without end', async () => {
    const { db, alliances, accounts } = world;
    const rows = Array.from({ length: 499 }, (_, number) => ({
      ...{ alliance_id: alliances.ours, owner_id: accounts['teacher-lead'] ?? '', name: `第 ${number} 组` },
    }));
    await db.insertInto('room_group').values(rows).execute();
    const group = (name: string) => outcome(teacher.post(path(), { name, roomIds: [world.rooms.lead] }));
    expect((await Promise.all([group('最后一组'), group('再来一组')])).toSorted()).toEqual([
      '201',
      '409 limit_reached',
    ]);
    await db.deleteFrom('room_group').execute();
  });

  it('is saved by a teacher, used by the alliance, and kept by its owner and those above', async () => {
    const group = await read<Group>(
      teacher.post(path(), { name: '两校同步', roomIds: [world.rooms.lead, world.rooms.member] }),
      201,
    );
    expect(group.roomIds.sort()).toEqual([world.rooms.lead, world.rooms.member].sort());
    expect(await outcome(second.post(path(), { name: '两校同步', roomIds: [world.rooms.lead] }))).toBe(
      '409 name_taken',
    );
    const { items } = await read<{ items: Group[] }>(operator.get(path()), 200);
    expect(items).toMatchObject([{ name: '两校同步', mayKeep: false }]);
    expect(
      await outcome(operator.put(`/api/room-groups/${group.id}`, { name: '改名', roomIds: [world.rooms.lead] })),
    ).toBe('403 forbidden');
    const keeper = await world.signInAs('principal-lead');
    const changed = await read<Group>(
      keeper.put(`/api/room-groups/${group.id}`, { name: '改名', roomIds: [world.rooms.lead] }),
      200,
    );
    expect(changed).toMatchObject({ name: '改名', roomIds: [world.rooms.lead], mayKeep: true });
    const foreign = await teacher.post(path(), { name: '外校', roomIds: [world.rooms.stranger] });
    expect(await foreign.json()).toMatchObject({ code: 'invalid_input', errors: [{ path: 'roomIds.0' }] });
    expect(await outcome((await world.signInAs('teacher-stranger')).get(path()))).toBe('404 not_found');
    expect(await outcome(teacher.delete(`/api/room-groups/${group.id}`))).toBe('204');
  });

  it('that is removed while it is changed is not found', async () => {
    const roomIds = [world.rooms.lead];
    const { id } = await read<Group>(teacher.post(path(), { name: '将要删除', roomIds }), 201);
    const removing = await world.db.startTransaction().execute();
    await removing.deleteFrom('room_group').where('id', '=', id).execute();
    const changing = outcome(teacher.put(`/api/room-groups/${id}`, { name: '还在吗', roomIds }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await removing.commit().execute();
    expect(await changing).toBe('404 not_found');
  });
});
