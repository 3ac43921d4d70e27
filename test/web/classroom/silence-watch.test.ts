import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchSilence } from '../../../web/classroom/silence-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A transport whose bytes the test counts up. */
function watched() {
  const line = { bytes: 0, expected: true };
  const doubtful = vi.fn();
  const silent = vi.fn();
  const back = vi.fn();
  const transport = {
    closed: false,
    getStats: async () =>
      new Map([
        ['t', { id: 't', type: 'transport', bytesReceived: line.bytes }],
        ['p', { id: 'p', type: 'candidate-pair', bytesReceived: Date.now() }],
      ]) as unknown as RTCStatsReport,
  };
  const watch = watchSilence({ transport, expected: () => line.expected, doubtful, silent, back });
  const pass = async (ms: number, bytesEach = 0) => {
    for (let left = ms; left > 0; left -= 250) {
      line.bytes += bytesEach;
      await vi.advanceTimersByTimeAsync(250);
    }
  };
  return { line, doubtful, silent, back, watch, pass };
}

describe('the watch for silence', () => {
  it('tells once of half a second and of a second in which nothing has come, and again after the next silence', async () => {
    const { doubtful, silent, back, watch, pass } = watched();
    await pass(1_000, 500);
    expect(watch.quiet()).toBe(false);
    await pass(250);
    expect(doubtful).not.toHaveBeenCalled();
    await pass(500);
    expect(doubtful).toHaveBeenCalledTimes(1);
    expect(silent).not.toHaveBeenCalled();
    expect(watch.quiet()).toBe(true);
    await pass(5_000);
    expect(silent).toHaveBeenCalledTimes(1);
    expect(back).not.toHaveBeenCalled();
    await pass(500, 500);
    expect(back).toHaveBeenCalledTimes(1);
    await pass(1_500);
    expect(silent).toHaveBeenCalledTimes(2);
    expect(doubtful).toHaveBeenCalledTimes(2);
    watch.stop();
  });

  it('finds nothing strange in silence while nobody sends', async () => {
    const { line, silent, watch, pass } = watched();
    line.expected = false;
    await pass(10_000);
    expect(silent).not.toHaveBeenCalled();
    line.expected = true;
    await pass(1_500);
    expect(silent).toHaveBeenCalledTimes(1);
    watch.stop();
    await pass(500, 500);
    await pass(5_000);
    expect(silent).toHaveBeenCalledTimes(1);
  });
});
