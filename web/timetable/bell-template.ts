import type { Period } from '../api/types.ts';

export type TemplateName = 'primary' | 'junior' | 'empty';

interface Block {
  /** Of the first period of the half day. */
  first: string;
  periods: number;
}
interface Template {
  lastsMin: number;
  breakMin: number;
  /** After the second period of the morning, for exercises. */
  longBreakMin: number;
  morning: Block;
  afternoon: Block;
}

/** Usual ones, to begin with; every school has its own. Class hours as the provinces set them: 40 and 45 minutes. */
const templates: Record<Exclude<TemplateName, 'empty'>, Template> = {
  primary: {
    lastsMin: 40,
    breakMin: 10,
    longBreakMin: 30,
    morning: { first: '08:20', periods: 4 },
    afternoon: { first: '14:00', periods: 3 },
  },
  junior: {
    lastsMin: 45,
    breakMin: 10,
    longBreakMin: 30,
    morning: { first: '08:00', periods: 5 },
    afternoon: { first: '14:00', periods: 4 },
  },
};

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
export const timeOfMinutes = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/** A next period after those that there are, as long as the last one. */
export function nextPeriod(periods: readonly Period[], label: string): Period {
  const last = periods.at(-1);
  if (!last?.start || !last.end) return { label, start: '08:00', end: '08:40' };
  const [from, to] = [minutesOf(last.start), minutesOf(last.end)];
  const start = Math.min(to + 10, 23 * 60);
  return {
    label,
    start: timeOfMinutes(start),
    end: timeOfMinutes(Math.min(start + Math.max(to - from, 5), 23 * 60 + 59)),
  };
}

export function periodsOfTemplate(name: TemplateName, labelOf: (n: number) => string): Period[] {
  if (name === 'empty') return [nextPeriod([], labelOf(1))];
  const { lastsMin, breakMin, longBreakMin, morning, afternoon } = templates[name];
  const periods: Period[] = [];
  for (const { first, periods: count } of [morning, afternoon]) {
    let start = minutesOf(first);
    for (let index = 0; index < count; index += 1) {
      periods.push({
        label: labelOf(periods.length + 1),
        start: timeOfMinutes(start),
        end: timeOfMinutes(start + lastsMin),
      });
      const isLong = first === morning.first && index === 1;
      start += lastsMin + (isLong ? longBreakMin : breakMin);
    }
  }
  return periods;
}

/** Whether every period ends after it begins, and none overlaps another. */
export function periodsFit(periods: readonly Period[]): boolean {
  return periods.every(({ label, start, end }, index) => {
    const before = periods[index - 1]?.end ?? '00:00';
    return label.trim() !== '' && start !== '' && end > start && start >= before;
  });
}
