import { describe, expect, it } from 'vitest';
import { MediaClock } from '../../media/finishing/media-clock.ts';

const startedAt = 1_763_900_000_000;
const rate = 48_000;
const packetMs = 20;

/** A repeatable stand-in for the delays of a network: mostly some milliseconds, sometimes a fifth of a second. */
function delayOf(index: number): number {
  const jitter = (index * 7919) % 13;
  return index % 500 < 60 ? 200 + jitter : jitter;
}

/** A lesson from a sender whose clock is wrong by `ppm` millionths; the largest error of the clock that is worked out. */
function worstError(minutes: number, ppm: number): number {
  const clock = new MediaClock(rate);
  const count = (minutes * 60_000) / packetMs;
  const packets = Array.from({ length: count }, (_, index) => {
    const sentAt = startedAt + index * packetMs;
    const ticks = 1e9 + Math.round((index * packetMs * (1 + ppm / 1e6) * rate) / 1000);
    return { sequence: index, ticks, sentAt, arrival: sentAt + delayOf(index) };
  });
  for (const { sequence, ticks, arrival } of packets) clock.observe(sequence, ticks, arrival);
  return Math.max(...packets.map(({ sequence, ticks, sentAt }) => Math.abs(clock.at(sequence, ticks) - sentAt)));
}

describe('the clock of a track', () => {
  it('does not follow the delays of the network', () => {
    expect(worstError(2, 0)).toBeLessThan(2);
  });

  it('follows a sender whose clock is wrong, over a whole lesson', () => {
    expect(worstError(40, 200)).toBeLessThan(10);
    expect(worstError(40, -200)).toBeLessThan(10);
  });

  it('begins anew when the sender does', () => {
    const clock = new MediaClock(rate);
    clock.observe(1, 5_000_000, startedAt);
    clock.observe(2, 5_000_960, startedAt + 20);
    clock.observe(3, 100, startedAt + 40);
    clock.observe(4, 1_060, startedAt + 60);
    expect(clock.at(2, 5_000_960)).toBeCloseTo(startedAt + 20, 0);
    expect(clock.at(4, 1_060)).toBeCloseTo(startedAt + 60, 0);
  });

  it('keeps its time through a pause', () => {
    const clock = new MediaClock(rate);
    clock.observe(1, 0, startedAt);
    clock.observe(2, 600 * rate, startedAt + 600_000);
    expect(clock.at(2, 600 * rate)).toBeCloseTo(startedAt + 600_000, 0);
  });
});
