import { expect, it } from 'vitest';
import type { ClassSession } from '../../../web/api/types.ts';
import { sessionAction } from '../../../web/classroom/session-actions.ts';

const now = Date.parse('2026-03-05T10:00:00+08:00');
const minute = 60_000;

/** As far as it matters for what there is to do; it takes 40 minutes. */
function lesson(startsInMinutes: number, state: ClassSession['state'] = 'scheduled'): ClassSession {
  const start = now + startsInMinutes * minute;
  return {
    id: '1',
    state,
    may: { present: true, observe: true, edit: true },
    recording: null,
    scheduledStart: new Date(start).toISOString(),
    scheduledEnd: new Date(start + 40 * minute).toISOString(),
  } as ClassSession;
}

it.each([
  ['is two hours away', lesson(120), false, 'prepare'],
  ['begins in 20 minutes', lesson(20), true, 'start'],
  ['should have begun 10 minutes ago', lesson(-10), true, 'start'],
  ['was on the timetable yesterday and never held', lesson(-24 * 60), false, 'start'],
  ['goes on past its time', lesson(-50, 'live'), true, 'enter'],
])('a lesson that %s: what there is to do, and whether it is the one thing', (_, session, urgent, key) => {
  expect(sessionAction(session, now)).toEqual({ key: `classroom.timetable.${key}`, to: '/studio/1', urgent });
});
