import { describe, expect, it } from 'vitest';
import type { ClassSession } from '../../../web/api/types.ts';
import {
  isDue,
  lessonBegunSince,
  lessonsToShow,
  nextSession,
  sessionToEnter,
} from '../../../web/classroom/room-day.ts';
import { socketUrl } from '../../../web/classroom/use-classroom.ts';
import { dayValue, instantOf, startOfWeek } from '../../../web/classroom/week.ts';

const at = (time: string): number => Date.parse(`2026-09-07T${time}:00Z`);

function session(id: string, state: ClassSession['state'], start: string, end: string): ClassSession {
  return {
    id,
    title: id,
    state,
    school: { id: 's', name: '中心小学' },
    alliance: { id: 'a', name: '青禾教育共同体' },
    presenter: { id: 'p', name: '语文教师一' },
    place: null,
    slides: null,
    rooms: [],
    scheduledStart: new Date(at(start)).toISOString(),
    scheduledEnd: new Date(at(end)).toISOString(),
    period: null,
    seriesId: null,
    change: null,
    startedAt: null,
    endedAt: null,
    music: false,
    recording: null,
    may: { edit: false, present: false, observe: false },
  };
}
const late = session('late', 'scheduled', '10:00', '10:40');
const early = session('early', 'scheduled', '08:00', '08:40');

describe('the day of a room', () => {
  it('enters what is live before all else', () => {
    const live = session('now', 'live', '09:00', '09:40');
    expect(sessionToEnter([early, live, late], at('08:05'))?.id).toBe('now');
    expect(sessionToEnter([early, live, late], at('09:55'))?.id).toBe('now');
  });

  it('knows the lesson that has begun since the one that was forgotten', () => {
    const begun = (id: string, state: ClassSession['state'], time: string) => ({
      ...session(id, state, '08:00', '08:40'),
      startedAt: new Date(at(time)).toISOString(),
    });
    const forgotten = begun('forgotten', 'live', '08:01');
    const instead = (...others: ClassSession[]) => lessonBegunSince([...others, forgotten], forgotten)?.id;
    expect(instead(begun('earlier', 'live', '07:55'), begun('over', 'ended', '08:20'), late)).toBeUndefined();
    expect(instead(begun('next', 'live', '08:45'))).toBe('next');
    expect(instead(begun('next', 'live', '08:45'), begun('newest', 'live', '08:50'))).toBe('newest');
  });

  it('enters a lesson ten minutes early and waits inside, as long as it may still begin', () => {
    const entered = (time: string) => sessionToEnter([late, early], at(time))?.id;
    expect(entered('07:49')).toBeUndefined();
    expect(entered('07:50')).toBe('early');
    expect(entered('08:39')).toBe('early');
    expect(entered('08:41')).toBeUndefined();
    expect(entered('09:51')).toBe('late');
    // The one that is late keeps the room until it is over or has begun.
    expect(sessionToEnter([session('next', 'scheduled', '08:45', '09:25'), early], at('08:36'))?.id).toBe('early');
    expect(sessionToEnter([{ ...early, state: 'cancelled' }], at('08:00'))).toBeNull();
  });

  it('is alert from ten minutes before a lesson until its end', () => {
    expect(isDue([early], at('07:49'))).toBe(false);
    expect(isDue([early], at('07:51'))).toBe(true);
    expect(isDue([early], at('08:39'))).toBe(true);
    expect(isDue([early], at('08:41'))).toBe(false);
    expect(isDue([{ ...early, state: 'cancelled' }], at('08:00'))).toBe(false);
  });

  it('names the next lesson', () => {
    expect(nextSession([late, early], at('07:00'))?.id).toBe('early');
    expect(nextSession([late, early], at('09:00'))?.id).toBe('late');
    expect(nextSession([late, early], at('11:00'))).toBeNull();
  });

  it('shows what is to come before what is over, in the order of the day', () => {
    const hours = ['08', '09', '10', '11', '12', '13'];
    const day = hours.map((hour) => session(hour, 'scheduled', `${hour}:00`, `${hour}:40`));
    const shown = (sessions: ClassSession[], time: string) => lessonsToShow(sessions, at(time), 3).map(({ id }) => id);
    expect(shown(day, '07:00')).toEqual(['08', '09', '10']);
    // Nobody taught the first four: they make room as well.
    expect(shown(day, '11:50')).toEqual(['11', '12', '13']);
    expect(shown(day, '23:00')).toEqual(['11', '12', '13']);
    const called = day.map((each) => (each.id === '12' ? { ...each, state: 'cancelled' as const } : each));
    expect(shown(called, '11:50')).toEqual(['10', '11', '13']);
  });
});

describe('the address of a media node', () => {
  it('may be a path on this server or a host of its own', () => {
    expect(socketUrl('/classroom', 'https://school.example/studio/1')).toBe('wss://school.example/classroom');
    expect(socketUrl('/classroom', 'http://localhost:8080/room')).toBe('ws://localhost:8080/classroom');
    expect(socketUrl('wss://node.example:9000/classroom', 'https://school.example/')).toBe(
      'wss://node.example:9000/classroom',
    );
  });
});

describe('the week', () => {
  it('begins on Monday', () => {
    expect(dayValue(startOfWeek(instantOf('2026-09-13', '23:59')))).toBe('2026-09-07');
    expect(dayValue(startOfWeek(instantOf('2026-09-07', '00:00')))).toBe('2026-09-07');
  });
});
