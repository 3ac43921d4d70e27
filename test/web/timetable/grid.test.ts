import { describe, expect, it } from 'vitest';
import type { BellSchedule, ClassSession, Term } from '../../../web/api/types.ts';
import { nextPeriod, periodsFit, periodsOfTemplate } from '../../../web/timetable/bell-template.ts';
import { clockIn, entriesOf, gridOf, periodOf, weekOfTerm } from '../../../web/timetable/grid.ts';
import { periodsOn, repetitionOf, type WhenChoice, whenOf } from '../../../web/timetable/when.ts';

const periods = [
  { label: '第1节', start: '08:00', end: '08:40' },
  { label: '第2节', start: '08:50', end: '09:30' },
];
const schedules: BellSchedule[] = [
  { name: '全年', season: null, periods },
  { name: '夏季作息', season: { from: '05-01', to: '09-30' }, periods: periods.slice(0, 1) },
];
const shanghai = (day: string, time: string) => new Date(`${day}T${time}:00+08:00`).toISOString();

function session(id: string, day: string, start: string, end: string, more: Partial<ClassSession> = {}): ClassSession {
  return {
    id,
    title: id,
    state: 'scheduled',
    school: { id: 's', name: '中心小学' },
    alliance: { id: 'a', name: '青禾教育共同体' },
    presenter: { id: 'p', name: '语文教师一' },
    place: null,
    slides: null,
    rooms: [],
    scheduledStart: shanghai(day, start),
    scheduledEnd: shanghai(day, end),
    period: null,
    seriesId: null,
    change: null,
    startedAt: null,
    endedAt: null,
    music: false,
    recording: null,
    may: { edit: false, present: false, observe: false },
    ...more,
  };
}
/** The week of Monday, 7 December 2026. */
const days = ['07', '08', '09', '10', '11', '12', '13'].map((day) => `2026-12-${day}`);
const [from, to] = [new Date(shanghai('2026-12-07', '00:00')), new Date(shanghai('2026-12-14', '00:00'))];
const movedFrom = (day: string, start: string, end: string): ClassSession['change'] => ({
  kind: 'moved',
  at: shanghai(day, '00:00'),
  reason: null,
  from: { start: shanghai(day, start), end: shanghai(day, end), period: '第1节' },
});

describe('the grid of a week', () => {
  const place = (sessions: ClassSession[], terms: Term[] = []) =>
    gridOf({ days, entries: entriesOf(sessions, from, to), schedules, timeZone: 'Asia/Shanghai', terms });
  const told = (grid: ReturnType<typeof place>) =>
    grid.flatMap(({ day, cells, other }) => [
      ...cells.flatMap((cell, index) => cell.map(({ session: { id }, ghost }) => [day.slice(8), index, id, ghost])),
      ...other.map(({ session: { id }, ghost }) => [day.slice(8), 'other', id, ghost]),
    ]);

  it('has a lesson in the period that it shares most of its time with, else among other times', () => {
    const grid = place([
      session('first', '2026-12-07', '08:00', '08:40'),
      session('late', '2026-12-08', '08:30', '09:20'),
      session('evening', '2026-12-09', '19:00', '19:40'),
      session('break', '2026-12-10', '08:41', '08:49'),
    ]);
    expect(told(grid)).toEqual([
      ['07', 0, 'first', false],
      ['08', 1, 'late', false],
      ['09', 'other', 'evening', false],
      ['10', 'other', 'break', false],
    ]);
  });

  it('keeps the place that a lesson was moved out of, in this week or to another one', () => {
    const within = session('within', '2026-12-08', '08:50', '09:30', {
      change: movedFrom('2026-12-07', '08:00', '08:40'),
    });
    const away = session('away', '2026-12-21', '08:00', '08:40', { change: movedFrom('2026-12-09', '08:00', '08:40') });
    const here = session('here', '2026-12-10', '08:00', '08:40', { change: movedFrom('2026-12-01', '08:00', '08:40') });
    expect(told(place([within, away, here]))).toEqual([
      ['07', 0, 'within', true],
      ['08', 1, 'within', false],
      ['09', 0, 'away', true],
      ['10', 0, 'here', false],
    ]);
  });

  it('keeps a lesson that runs late in its week, and has it in no week that is still to come', () => {
    const late = session('late', '2026-12-06', '23:00', '23:40', { state: 'live' });
    const at = (now: string) => entriesOf([late], from, to, Date.parse(now)).map(({ session: { id } }) => id);
    expect(at(shanghai('2026-12-07', '00:10'))).toEqual(['late']);
    expect(at(shanghai('2026-12-06', '23:50'))).toEqual([]);
  });

  it('has a weekend only when something is on it, or it makes up for another day', () => {
    const term: Term = {
      id: 't',
      allianceId: 'a',
      kind: 'autumn',
      name: '秋',
      firstDay: '2026-09-01',
      lastDay: '2027-01-15',
      daysOff: [{ from: '2026-12-10', to: '2026-12-11', name: '校庆' }],
      makeUpDays: [{ day: '2026-12-12', insteadOf: '2026-12-10' }],
    };
    const shown = (sessions: ClassSession[], terms: Term[] = []) =>
      place(sessions, terms).map(({ day }) => day.slice(8));
    expect(shown([])).toEqual(['07', '08', '09', '10', '11']);
    expect(shown([session('sunday', '2026-12-13', '08:00', '08:40')])).toEqual(['07', '08', '09', '10', '11', '13']);
    const grid = place([], [term]);
    expect(grid.map(({ off }) => off)).toEqual([null, null, null, '校庆', '校庆', null]);
    expect(grid.at(-1)).toMatchObject({ day: '2026-12-12', insteadOf: '2026-12-10' });
    expect(weekOfTerm([term], days)).toBe(15);
    expect(weekOfTerm([term], ['2027-03-01'])).toBeNull();
  });

  it('goes by the clocks of the school, wherever it is looked at', () => {
    expect(clockIn('Asia/Shanghai')('2026-12-07T16:30:00.000Z')).toEqual({ day: '2026-12-08', minute: 30 });
    expect(clockIn('Asia/Urumqi')('2026-12-07T02:00:00.000Z')).toEqual({ day: '2026-12-07', minute: 480 });
    expect(periodOf(periods, 0, 100)).toBe(-1);
  });
});

describe('the time in a form', () => {
  const choice = (more: Partial<WhenChoice>): WhenChoice => ({
    mode: 'weekly',
    day: '2026-12-07',
    period: '',
    start: '08:00',
    end: '08:40',
    slots: ['1-3', '4-5'],
    weeks: 'odd',
    until: 'term',
    count: '10',
    untilDay: '',
    ...more,
  });

  it('is asked about only when it is complete', () => {
    expect(whenOf(choice({ mode: 'period' }))).toBeNull();
    expect(whenOf(choice({ mode: 'period', period: '3' }))).toEqual({ kind: 'period', day: '2026-12-07', period: 3 });
    expect(whenOf(choice({ mode: 'clock', end: '07:00' }))).toBeNull();
    expect(whenOf(choice({ slots: [] }))).toBeNull();
    expect(whenOf(choice({ until: 'count', count: '0' }))).toBeNull();
    expect(whenOf(choice({ until: 'day' }))).toBeNull();
  });

  it('becomes a repetition by periods, or by the clock where there are none', () => {
    const slots = [
      { weekday: 1, period: 3 },
      { weekday: 4, period: 5 },
    ];
    expect(repetitionOf(choice({}))).toEqual({ from: '2026-12-07', slots, weeks: 'odd', until: { kind: 'term' } });
    expect(repetitionOf(choice({ slots: ['2'], until: 'count' }))).toMatchObject({
      slots: [{ weekday: 2, start: '08:00', end: '08:40' }],
      until: { kind: 'count', count: 10 },
    });
    expect(repetitionOf(choice({ slots: ['2'], end: '07:00' }))).toBeNull();
  });

  it('has the periods of the season', () => {
    expect(periodsOn(schedules, '2026-12-07')).toHaveLength(2);
    expect(periodsOn(schedules, '2026-06-01')).toHaveLength(1);
    expect(periodsOn([], '2026-06-01')).toEqual([]);
  });
});

describe('bell times to begin with', () => {
  it.each(['primary', 'junior', 'empty'] as const)('fit: %s', (name) => {
    const made = periodsOfTemplate(name, (n) => `第${n}节`);
    expect(periodsFit(made)).toBe(true);
    expect(periodsFit([...made, nextPeriod(made, '下一节')])).toBe(true);
  });

  it('do not fit when they overlap, are empty, or have no name', () => {
    const [first] = periods;
    expect(periodsFit([...periods, { label: '第3节', start: '09:00', end: '10:00' }])).toBe(false);
    expect(periodsFit([{ label: '', start: '08:00', end: '08:40' }])).toBe(false);
    expect(periodsFit([{ ...(first ?? expect.fail()), end: '08:00' }])).toBe(false);
  });
});
