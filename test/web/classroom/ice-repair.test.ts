import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClassroomFailure } from '../../../web/classroom/failure.ts';
import { createIceRepair } from '../../../web/classroom/ice-repair.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(restart = vi.fn(async () => undefined)) {
  const rebuild = vi.fn(async () => undefined);
  return { restart, rebuild, repair: createIceRepair({ restart, rebuild }) };
}

describe('the repair of a transport', () => {
  it('waits a second before it helps a transport that lost its peer', async () => {
    const { repair, restart } = watched();
    repair.stateChanged('disconnected');
    await vi.advanceTimersByTimeAsync(900);
    repair.stateChanged('connected');
    await vi.advanceTimersByTimeAsync(5000);
    expect(restart).not.toHaveBeenCalled();
    repair.stateChanged('disconnected');
    await vi.advanceTimersByTimeAsync(1000);
    expect(restart).toHaveBeenCalledTimes(1);
  });

  it('helps at once when ICE has failed', async () => {
    const { repair, restart } = watched();
    repair.stateChanged('failed');
    await vi.advanceTimersByTimeAsync(0);
    expect(restart).toHaveBeenCalledTimes(1);
  });

  it('restarts once for a nudge, whatever comes of it, and never twice at a time', async () => {
    const { repair, restart, rebuild } = watched(
      vi.fn(
        () =>
          new Promise<undefined>((_resolve, reject) =>
            setTimeout(() => reject(new ClassroomFailure('timed_out')), 500),
          ),
      ),
    );
    repair.nudge();
    await vi.advanceTimersByTimeAsync(900);
    repair.nudge();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(restart).toHaveBeenCalledTimes(1);
    expect(rebuild).not.toHaveBeenCalled();
    repair.nudge();
    expect(restart).toHaveBeenCalledTimes(2);
    // Asked for over the line before, it may never have been heard.
    repair.lineBack();
    repair.nudge();
    expect(restart).toHaveBeenCalledTimes(3);
  });

  it('asks for new transports after three restarts without success', async () => {
    const { repair, restart, rebuild } = watched();
    repair.stateChanged('failed');
    await vi.advanceTimersByTimeAsync(12_000);
    expect(restart).toHaveBeenCalledTimes(3);
    expect(rebuild).toHaveBeenCalledTimes(1);
    repair.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rebuild).toHaveBeenCalledTimes(1);
  });

  it('does not count a restart that could not be asked for, and asks when the line is back', async () => {
    const restart = vi.fn(async () => Promise.reject(new ClassroomFailure('line_lost')));
    const { repair, rebuild } = watched(restart);
    repair.stateChanged('failed');
    await vi.advanceTimersByTimeAsync(40_000);
    expect(restart.mock.calls.length).toBeGreaterThan(5);
    expect(rebuild).not.toHaveBeenCalled();
    const before = restart.mock.calls.length;
    repair.lineBack();
    await vi.advanceTimersByTimeAsync(0);
    expect(restart).toHaveBeenCalledTimes(before + 1);
    repair.stop();
  });

  it('asks for new transports at once when the node no longer knows this one', async () => {
    const restart = vi.fn(async () => Promise.reject(new ClassroomFailure('not_found')));
    const { repair, rebuild } = watched(restart);
    repair.stateChanged('failed');
    await vi.advanceTimersByTimeAsync(1_500);
    expect(restart).toHaveBeenCalledTimes(1);
    expect(rebuild).toHaveBeenCalledTimes(1);
    repair.stop();
  });
});
