import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref, shallowRef } from 'vue';
import type { Link } from '../../../media/protocol.ts';
import type { Classroom } from '../../../web/classroom/classroom.ts';
import { listeningDelayMs, useListeningDelay } from '../../../web/classroom/listening-delay.ts';

const link: Link = {
  rttMs: 20,
  loss: 0,
  downKbps: 500,
  upKbps: 10,
  fps: 20,
  frozen: 0,
  concealed: 0,
  path: 'udp' as const,
  rung: 'all' as const,
  why: null,
};

describe('how long sound waits', () => {
  it.each([
    ['talking, whatever the line', { ...link, loss: 0.2 }, true, 0],
    ['listening on a good line', link, false, 400],
    ['before anything is known', null, false, 400],
    ['listening on a line that loses', { ...link, loss: 0.1 }, false, 800],
    ['listening on a thin line', { ...link, rung: 'slides_audio' as const }, false, 800],
  ])('%s', (_name, now, talking, ms) => {
    expect(listeningDelayMs(now, talking)).toBe(ms);
  });
});

describe('a listener’s buffer', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  /** Receivers as a browser has them, of which some have played something. */
  function listen(played: Record<string, boolean>) {
    const receivers = new Map(
      Object.keys(played).map((id) => [
        id,
        { jitterBufferTarget: null as number | null, getSynchronizationSources: () => (played[id] ? [{}] : []) },
      ]),
    );
    const [known, talking] = [shallowRef<Link | null>(null), ref(false)];
    const tracks = shallowRef([...receivers.keys()].map((consumerId) => ({ consumerId })));
    const scope = effectScope();
    const classroom = { tracks, receiverOf: (id: string) => receivers.get(id) } as unknown as Classroom;
    scope.run(() =>
      useListeningDelay(
        classroom,
        () => known.value,
        () => talking.value,
      ),
    );
    const after = async (ms: number) => {
      await vi.advanceTimersByTimeAsync(ms);
      await nextTick();
      return [...receivers.values()].map(({ jitterBufferTarget }) => jitterBufferTarget);
    };
    return { played, known, talking, after, stop: () => scope.stop() };
  }

  it('fills behind the first picture, step by step, and does not hold it back', async () => {
    const one = listen({ sound: true, picture: false });
    expect(await one.after(1_000)).toEqual([0, 0]);
    one.played.picture = true;
    expect(await one.after(250)).toEqual([50, 50]);
    expect(await one.after(5_000)).toEqual([400, 400]);
    one.stop();
  });

  it('fills where only sound comes as soon as a report tells of the line, and shrinks as slowly as it grew', async () => {
    const one = listen({ sound: true, picture: false });
    one.known.value = { ...link, rung: 'slides_audio' };
    expect(await one.after(8_000)).toEqual([800, 800]);
    one.known.value = link;
    expect(await one.after(250)).toEqual([750, 750]);
    expect(await one.after(5_000)).toEqual([400, 400]);
    one.stop();
  });

  it('is gone at once when the room talks', async () => {
    const one = listen({ sound: true });
    expect(await one.after(5_000)).toEqual([400]);
    one.talking.value = true;
    expect(await one.after(0)).toEqual([0]);
    one.stop();
  });
});
