import { describe, expect, it } from 'vitest';
import { createLesson } from '../../../web/classroom/lesson.ts';
import { joinAnswer } from './node-in-test.ts';

const hour = 3_600_000;

describe('the times of a lesson, on a machine whose clock is wrong', () => {
  const nodeNow = Date.now() - hour;
  const snapshot = joinAnswer(1);
  const opened = () => {
    const { lesson, handlers, take } = createLesson();
    take({
      ...snapshot,
      now: nodeNow,
      session: { ...snapshot.session, startedAt: nodeNow - 90_000 },
      timer: { endsAt: nodeNow + 60_000, durationMs: 60_000 },
    });
    return { lesson, handlers };
  };
  const near = (instant: number | null | undefined, expected: number) =>
    expect(Math.abs((instant ?? 0) - expected)).toBeLessThan(5_000);

  it('are told by its own clock', () => {
    const { lesson, handlers } = opened();
    near(lesson.startedAt.value, Date.now() - 90_000);
    near(lesson.timer.value?.endsAt, Date.now() + 60_000);
    handlers.wentLive?.({ startedAt: nodeNow, recordedFromRooms: [] });
    near(lesson.startedAt.value, Date.now());
    handlers.timerChanged?.({ timer: { endsAt: nodeNow + 5_000, durationMs: 5_000 } });
    near(lesson.timer.value?.endsAt, Date.now() + 5_000);
  });

  it('are nothing before it has begun', () => {
    const { lesson, take } = createLesson();
    take({ ...snapshot, session: { ...snapshot.session, live: false, startedAt: null } });
    expect(lesson.startedAt.value).toBeNull();
    expect(lesson.timer.value).toBeNull();
  });
});
