/** All schools of the country keep one time, wherever the server's clock stands. */
export const schoolTimeZone = 'Asia/Shanghai';

const dayClock = new Intl.DateTimeFormat('sv-SE', { timeZone: schoolTimeZone, dateStyle: 'short' });

/** The day that it is at the schools then, such as `2026-11-26`. */
export function schoolDay(at: Date): string {
  return dayClock.format(at);
}

/** When such a day begins at the schools: their zone has no summer time. */
export function startOfSchoolDay(day: string): Date {
  return new Date(`${day}T00:00:00+08:00`);
}
