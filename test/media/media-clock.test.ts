import { describe, expect, it } from 'vitest';
import { joinClocks, MediaClock } from '../../media/finishing/media-clock.ts';

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

describe('the clocks of one sender', () => {
  const sender = (rate: number, lateMs: number, stallMs: number, ssrcs: { ssrc: number; aheadMs: number }[]) => {
    const clock = new MediaClock(rate);
    const packets = Array.from({ length: 3_000 }, (_, index) => {
      const sentAt = startedAt + index * packetMs + (index >= 1_500 ? stallMs : 0);
      const ticks = 1e9 + Math.round((index * packetMs * rate) / 1000);
      return { sequence: index, ticks, sentAt, arrival: sentAt + lateMs + delayOf(index) };
    });
    for (const { sequence, ticks, sentAt, arrival } of packets) {
      clock.observe(sequence, ticks, arrival);
      if (sequence % 100 !== 50) continue;
      for (const { ssrc, aheadMs } of ssrcs) {
        clock.report({ ssrc, arrival, rtpTimestamp: ticks % 2 ** 32, ntpMs: sentAt + aheadMs });
      }
    }
    const errorMs = () =>
      Math.max(...packets.map(({ sequence, ticks, sentAt }) => Math.abs(clock.at(sequence, ticks) - sentAt)));
    return { clock, errorMs };
  };
  const wrongMs = 90_000;

  it('are joined by its reports, though one stands still and the other is late', () => {
    const sound = sender(48_000, 0, 15_000, [{ ssrc: 1, aheadMs: wrongMs }]);
    // A camera in three sizes, of which only one is recorded: the reports of the others are of other timestamps.
    const sizes = [
      { ssrc: 2, aheadMs: wrongMs + 7_000_000 },
      { ssrc: 3, aheadMs: wrongMs },
      { ssrc: 4, aheadMs: wrongMs - 9_000_000 },
    ];
    const picture = sender(90_000, 400, 0, sizes);
    expect(picture.errorMs()).toBeGreaterThan(390);
    joinClocks([picture.clock, sound.clock]);
    expect(sound.errorMs()).toBeLessThan(5);
    expect(picture.errorMs()).toBeLessThan(5);
  });

  it('stay by their arrival when it tells nothing, or of two clocks', () => {
    const silent = sender(48_000, 0, 15_000, []);
    const sound = sender(48_000, 0, 0, [{ ssrc: 1, aheadMs: 0 }]);
    const other = sender(90_000, 0, 0, [{ ssrc: 2, aheadMs: wrongMs }]);
    joinClocks([sound.clock, other.clock, silent.clock]);
    for (const { errorMs } of [silent, sound, other]) expect(errorMs()).toBeLessThan(5);
  });
});
