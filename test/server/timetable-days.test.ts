import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchoolCalendar } from '../../server/school-days/calendar.ts';
import type { BellTimes, Term, TermInput } from '../../server/school-days/schema.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

const allYear = {
  name: '全年',
  season: null,
  periods: [
    { label: '第1节', start: '08:00', end: '08:40' },
    { label: '第2节', start: '08:50', end: '09:30' },
  ],
};
const summer = {
  name: '夏季作息',
  season: { from: '05-01', to: '09-30' },
  periods: [{ label: '第1节', start: '07:40', end: '08:20' }],
};
const bells: BellTimes = { timeZone: 'Asia/Shanghai', schedules: [allYear, summer] };
const autumn: TermInput = {
  kind: 'autumn',
  name: '2027 年秋季学期',
  firstDay: '2027-09-01',
  lastDay: '2028-01-14',
  daysOff: [{ from: '2027-10-01', to: '2027-10-07', name: '国庆节' }],
  makeUpDays: [{ day: '2027-10-09', insteadOf: '2027-10-04' }],
};
const term: Term = { id: '', allianceId: '', ...autumn };

describe('the days of a school', () => {
  const calendar = createSchoolCalendar(bells, [term]);

  it('are counted in weeks from Monday, the first one that of the first day', () => {
    const week = (day: string) => calendar.dayOf(term, day);
    expect(week('2027-09-01')).toEqual({ lessons: true, weekday: 3, week: 1, insteadOf: null });
    expect(week('2027-09-05')).toMatchObject({ weekday: 7, week: 1 });
    expect(week('2027-09-06')).toMatchObject({ weekday: 1, week: 2 });
    expect(week('2028-01-03')).toMatchObject({ weekday: 1, week: 19 });
  });

  it('are off on holidays, and made up for by the lessons of the day off, of its weekday and its week', () => {
    expect(calendar.dayOf(term, '2027-10-04')).toEqual({ lessons: false, name: '国庆节' });
    const saturday = calendar.dayOf(term, '2027-10-09');
    expect(saturday).toEqual({ lessons: true, weekday: 1, week: 6, insteadOf: '2027-10-04' });
    expect(calendar.dayOf(term, '2027-10-16')).toMatchObject({ weekday: 6, insteadOf: null });
  });

  it('have the bell times of their season, also over the end of the year', () => {
    const first = (day: string, schedules = bells.schedules) =>
      createSchoolCalendar({ timeZone: 'Asia/Shanghai', schedules }, []).periodsOn(day)[0]?.start;
    expect([first('2027-04-30'), first('2027-05-01'), first('2027-09-30'), first('2027-10-01')]).toEqual([
      '08:00',
      '07:40',
      '07:40',
      '08:00',
    ]);
    const winter = { ...summer, name: '冬令时', season: { from: '11-15', to: '02-15' } };
    expect([first('2028-01-03', [allYear, winter]), first('2028-02-16', [allYear, winter])]).toEqual([
      '07:40',
      '08:00',
    ]);
  });

  it.each([
    // No zone of China has changed its clocks since 1991; Urumqi has one of its own, Kathmandu one of a quarter of an hour.
    ['Asia/Shanghai', '2027-06-15', '2027-06-15T00:00:00.000Z'],
    ['Asia/Shanghai', '2027-12-15', '2027-12-15T00:00:00.000Z'],
    ['Asia/Urumqi', '2027-12-15', '2027-12-15T02:00:00.000Z'],
    ['Asia/Kathmandu', '2027-12-15', '2027-12-15T02:15:00.000Z'],
    // And where they are changed, a lesson stays at its hour.
    ['Europe/Berlin', '2027-06-15', '2027-06-15T06:00:00.000Z'],
    ['Europe/Berlin', '2027-12-15', '2027-12-15T07:00:00.000Z'],
  ])('begin at the same hour of the clocks in %s on %s', (timeZone, day, expected) => {
    const zoned = createSchoolCalendar({ timeZone, schedules: [] }, []);
    const instant = zoned.instantAt(day, '08:00');
    expect(instant.toISOString()).toBe(expected);
    expect(zoned.clockAt(instant)).toEqual({ day, time: '08:00' });
  });

  it('lie in a term, or before the next one', () => {
    expect(calendar.termFrom('2027-08-20')).toBe(term);
    expect(calendar.termFrom('2028-01-14')).toBe(term);
    expect(calendar.termFrom('2028-01-15')).toBeNull();
  });
});

describe('keeping them', () => {
  let world: World;
  let operator: Browser;
  let office: Browser;
  beforeAll(async () => {
    world = await createWorld();
    operator = await world.signInAs('operator-lead');
    office = await world.signInAs('office-lead');
  });
  afterAll(() => world.close());
  const bellsPath = () => `/api/schools/${world.schools.lead}/bell-times`;
  const termsPath = () => `/api/alliances/${world.alliances.ours}/terms`;
  const valid = (more: object = {}) => ({ ...autumn, ...more });

  it('gives a school the bell times that its operator sets, and an alliance may look at them', async () => {
    const member = await world.signInAs('teacher-member');
    expect(await (await member.get(bellsPath())).json()).toEqual({
      timeZone: 'Asia/Shanghai',
      schedules: [],
      mayKeep: false,
    });
    expect(await (await operator.put(bellsPath(), bells)).json()).toEqual({ ...bells, mayKeep: true });
    expect(await (await member.get(bellsPath())).json()).toEqual({ ...bells, mayKeep: false });
    const fewer = { ...bells, schedules: [allYear] };
    expect(await (await operator.put(bellsPath(), fewer)).json()).toEqual({ ...fewer, mayKeep: true });
  });

  it.each(['早\0读', '\ud83d'])('refuses a name that no row can hold: %j', async (label) => {
    const periods = [{ label, start: '08:00', end: '08:40' }];
    const unstorable = { ...bells, schedules: [{ ...allYear, periods }] };
    expect(await outcome(operator.put(bellsPath(), unstorable))).toBe('400 invalid_input');
  });

  it.each([
    ['teacher-lead', '403 forbidden'],
    ['operator-member', '403 forbidden'],
    ['operator-stranger', '404 not_found'],
  ])('refuses bell times of %s: %s', async (login, expected) => {
    expect(await outcome((await world.signInAs(login)).put(bellsPath(), bells))).toBe(expected);
  });

  it.each([
    [
      'periods that overlap',
      { schedules: [{ ...allYear, periods: [allYear.periods[0], { label: '第2节', start: '08:30', end: '09:10' }] }] },
      'schedules.0.periods.1.start',
    ],
    [
      'a period without length',
      { schedules: [{ ...allYear, periods: [{ label: '第1节', start: '08:00', end: '08:00' }] }] },
      'schedules.0.periods.0.end',
    ],
    [
      'a time that is none',
      { schedules: [{ ...allYear, periods: [{ label: '第1节', start: '8:00', end: '24:00' }] }] },
      'schedules.0.periods.0.start',
    ],
    ['none that holds all year', { schedules: [summer] }, 'schedules'],
    ['a zone that is none', { timeZone: 'Asia/Nowhere' }, 'timeZone'],
  ])('refuses %s', async (_, wrong, path) => {
    const response = await operator.put(bellsPath(), { ...bells, ...wrong });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { errors: { path: string }[] }).errors[0]?.path).toBe(path);
  });

  it('keeps terms that do not overlap, also when two come at once', async () => {
    const made = (await (await office.post(termsPath(), valid())).json()) as Term;
    expect(made).toMatchObject(autumn);
    expect(
      await outcome(
        operator.post(
          termsPath(),
          valid({ firstDay: '2028-01-10', lastDay: '2028-07-01', daysOff: [], makeUpDays: [] }),
        ),
      ),
    ).toBe('409 term_overlaps');
    const spring = valid({
      kind: 'spring',
      firstDay: '2028-02-14',
      lastDay: '2028-07-01',
      daysOff: [],
      makeUpDays: [],
    });
    const both = await Promise.all([
      outcome(office.post(termsPath(), spring)),
      outcome(operator.post(termsPath(), spring)),
    ]);
    expect(both.sort()).toEqual(['201', '409 term_overlaps']);
    // A term does not stand in its own way.
    expect(await outcome(office.put(`/api/terms/${made.id}`, valid({ lastDay: '2028-01-20' })))).toBe('200');
    const { items } = (await (await office.get(termsPath())).json()) as { items: Term[] };
    expect(items.map(({ firstDay, lastDay }) => [firstDay, lastDay])).toEqual([
      ['2027-09-01', '2028-01-20'],
      ['2028-02-14', '2028-07-01'],
    ]);
    for (const { id } of items) expect(await outcome(office.delete(`/api/terms/${id}`))).toBe('204');
    expect(await outcome(office.delete(`/api/terms/${made.id}`))).toBe('404 not_found');
  });

  it.each([
    ['an end before the beginning', { lastDay: '2027-08-01' }, 'lastDay'],
    ['a year', { lastDay: '2028-08-31' }, 'lastDay'],
    [
      'days off beyond it',
      { daysOff: [{ from: '2027-08-01', to: '2027-08-02', name: '暑假' }], makeUpDays: [] },
      'daysOff.0',
    ],
    [
      'making up for a day that is not off',
      { makeUpDays: [{ day: '2027-10-09', insteadOf: '2027-10-11' }] },
      'makeUpDays.0.insteadOf',
    ],
    ['making up on a day off', { makeUpDays: [{ day: '2027-10-03', insteadOf: '2027-10-04' }] }, 'makeUpDays.0.day'],
    ['a day that is none', { firstDay: '2027-02-30' }, 'firstDay'],
  ])('refuses a term with %s', async (_, wrong, path) => {
    const response = await office.post(termsPath(), valid(wrong));
    expect(response.status).toBe(400);
    const paths = ((await response.json()) as { errors: { path: string }[] }).errors.map((error) => error.path);
    expect(paths).toContain(path);
  });

  it.each([
    ['teacher-lead', '403 forbidden'],
    ['operator-member', '403 forbidden'],
    ['principal-stranger', '404 not_found'],
  ])('refuses a term of %s: %s', async (login, expected) => {
    expect(await outcome((await world.signInAs(login)).post(termsPath(), valid()))).toBe(expected);
  });
});
