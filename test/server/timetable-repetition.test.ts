import { describe, expect, it } from 'vitest';
import type { Repetition } from '../../server/class-sessions/planning-schema.ts';
import { expandRepetition, RepetitionFault } from '../../server/class-sessions/repetition.ts';
import { createSchoolCalendar } from '../../server/school-days/calendar.ts';
import type { BellSchedule, Term } from '../../server/school-days/schema.ts';

const periods = (first: string, second: string) => [
  { label: '第1节', start: first, end: `${first.slice(0, 2)}:59` },
  { label: '第2节', start: second, end: `${second.slice(0, 2)}:59` },
];
const schedules: BellSchedule[] = [
  { name: '冬令时', season: null, periods: periods('08:10', '09:10') },
  { name: '夏季作息', season: { from: '05-01', to: '09-30' }, periods: periods('07:40', '08:40') },
];
/** Wednesday, 1 September: the first week is one from 30 August to 5 September. */
const term: Term = {
  id: '',
  allianceId: '',
  kind: 'autumn',
  name: '2027 年秋季学期',
  firstDay: '2027-09-01',
  lastDay: '2027-10-31',
  daysOff: [{ from: '2027-10-01', to: '2027-10-07', name: '国庆节' }],
  makeUpDays: [{ day: '2027-10-09', insteadOf: '2027-10-04' }],
};
const calendar = createSchoolCalendar({ timeZone: 'Asia/Shanghai', schedules }, [term]);
const long = new Date('2027-01-01T00:00:00Z');
const monday = { weekday: 1, period: 1 };
const wish = (more: Partial<Repetition> = {}): Repetition => ({
  from: '2027-09-01',
  slots: [monday],
  weeks: 'all',
  until: { kind: 'term' },
  ...more,
});
const daysOf = (more: Partial<Repetition>, now = long) =>
  expandRepetition(calendar, wish(more), now).occurrences.map(({ day }) => day.slice(5));

describe('a weekly lesson', () => {
  it('is on its weekday to the end of the term, not on holidays, and on the day that makes up for one', () => {
    expect(daysOf({})).toEqual(['09-06', '09-13', '09-20', '09-27', '10-09', '10-11', '10-18', '10-25']);
    const { skipped, occurrences } = expandRepetition(calendar, wish(), long);
    expect(skipped).toEqual([{ day: '2027-10-04', reason: 'day_off', name: '国庆节' }]);
    expect(occurrences.find(({ day }) => day === '2027-10-09')).toMatchObject({ insteadOf: '2027-10-04', week: 6 });
  });

  it('does not take a make-up day for the weekday that it would be', () => {
    expect(daysOf({ slots: [{ weekday: 6, period: 1 }] })).not.toContain('10-09');
    expect(daysOf({ slots: [{ weekday: 6, period: 1 }] })).toContain('10-16');
  });

  it('is in odd or in even weeks of the term, and a make-up day is of the week that it stands for', () => {
    expect(daysOf({ weeks: 'even' })).toEqual(['09-06', '09-20', '10-09', '10-18']);
    expect(daysOf({ weeks: 'odd' })).toEqual(['09-13', '09-27', '10-11', '10-25']);
    const both = [...daysOf({ weeks: 'odd' }), ...daysOf({ weeks: 'even' })].sort();
    expect(both).toEqual(daysOf({}));
  });

  it('has the bell times of each day', () => {
    const { occurrences } = expandRepetition(calendar, wish(), long);
    const at = (day: string) => occurrences.find((one) => one.day === day)?.start.toISOString();
    // 07:40 and 08:10 in Shanghai.
    expect([at('2027-09-27'), at('2027-10-11')]).toEqual(['2027-09-26T23:40:00.000Z', '2027-10-11T00:10:00.000Z']);
    expect(occurrences.every(({ periodLabel }) => periodLabel === '第1节')).toBe(true);
  });

  it('ends after so many lessons, on a day, or with the term, whatever comes first', () => {
    const slots = [monday, { weekday: 1, period: 2 }, { weekday: 3, start: '14:00', end: '14:40' }];
    expect(daysOf({ slots, until: { kind: 'count', count: 5 } })).toEqual([
      '09-01',
      '09-06',
      '09-06',
      '09-08',
      '09-13',
    ]);
    expect(daysOf({ until: { kind: 'day', day: '2027-09-20' } })).toEqual(['09-06', '09-13', '09-20']);
    expect(daysOf({ until: { kind: 'day', day: '2028-09-20' } }).at(-1)).toBe('10-25');
    expect(daysOf({ until: { kind: 'count', count: 200 } })).toHaveLength(8);
  });

  it('begins with the term when it is planned before, and never in the past', () => {
    expect(daysOf({ from: '2027-07-01' })[0]).toBe('09-06');
    expect(daysOf({ from: '2027-09-10' })[0]).toBe('09-13');
    expect(daysOf({}, new Date('2027-09-20T00:00:00Z'))[0]).toBe('09-27');
  });

  it('leaves out days that have no such period, and says so', () => {
    const short: BellSchedule[] = [
      {
        ...schedules[0],
        name: '短',
        season: { from: '10-11', to: '10-11' },
        periods: periods('08:10', '09:10').slice(0, 1),
      } as BellSchedule,
      ...schedules,
    ];
    const other = createSchoolCalendar({ timeZone: 'Asia/Shanghai', schedules: short }, [term]);
    const { skipped, occurrences } = expandRepetition(other, wish({ slots: [{ weekday: 1, period: 2 }] }), long);
    expect(occurrences.map(({ day }) => day)).not.toContain('2027-10-11');
    expect(skipped).toContainEqual({ day: '2027-10-11', reason: 'no_period', name: null });
  });

  it('stays at its hour where clocks are changed', () => {
    const berlin = createSchoolCalendar({ timeZone: 'Europe/Berlin', schedules: [] }, [term]);
    const slots = [{ weekday: 1, start: '08:00', end: '08:40' }];
    const late = createSchoolCalendar({ timeZone: 'Europe/Berlin', schedules: [] }, [
      { ...term, lastDay: '2027-11-30' },
    ]);
    const { occurrences } = expandRepetition(late, wish({ slots, from: '2027-10-20' }), long);
    expect(occurrences.slice(0, 2).map(({ start }) => start.toISOString())).toEqual([
      '2027-10-25T06:00:00.000Z',
      '2027-11-01T07:00:00.000Z',
    ]);
    expect(berlin.timeZone).toBe('Europe/Berlin');
  });

  it('needs no term, unless it asks for one', () => {
    const bare = createSchoolCalendar({ timeZone: 'Asia/Shanghai', schedules }, []);
    const days = (more: Partial<Repetition>) =>
      expandRepetition(bare, wish(more), long).occurrences.map(({ day }) => day);
    expect(days({ until: { kind: 'count', count: 2 } })).toEqual(['2027-09-06', '2027-09-13']);
    const fault = (more: Partial<Repetition>) => {
      try {
        return days(more);
      } catch (error) {
        return error instanceof RepetitionFault ? error.path : error;
      }
    };
    expect(fault({})).toBe('until');
    expect(fault({ weeks: 'odd', until: { kind: 'count', count: 2 } })).toBe('weeks');
    const everyDay = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, period: 1 }));
    expect(fault({ slots: everyDay, until: { kind: 'day', day: '2028-08-01' } })).toBe('until');
  });

  it.each([
    ['no lesson at all', { slots: [{ weekday: 5, period: 9 }] }],
    ['lessons that overlap', { slots: [monday, { weekday: 1, start: '07:50', end: '08:20' }] }],
  ])('is not made of %s', (_, more) => {
    expect(() => daysOf(more)).toThrow(RepetitionFault);
  });
});
