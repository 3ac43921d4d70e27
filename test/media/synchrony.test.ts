import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finishRecording } from '../../media/index.ts';
import { makeRunFolder } from '../environment/folder.ts';
import { beepDelays } from './environment/beep-delays.ts';
import { encodeLesson, type PlannedPacket } from './environment/lesson-packets.ts';
import { logLesson, type SenderHabits } from './environment/logged-lesson.ts';

let folder: string;
let lesson: PlannedPacket[];
beforeAll(async () => {
  folder = await makeRunFolder();
  lesson = await encodeLesson(folder, 'vp8', 24);
});
afterAll(() => rm(folder, { recursive: true }));

async function finish(name: string, habits: SenderHabits) {
  const signal = AbortSignal.timeout(60_000);
  return await finishRecording({ ...logLesson(lesson, habits), workFolder: join(folder, name), signal });
}

/** At this speed twenty seconds go as far astray as a usual clock (50 millionths) in forty minutes. */
const fastPpm = 2_000;
const stall = { fromMs: 6_000, toMs: 18_000 };

describe('sound and picture', () => {
  it('are together though the picture took longer, the clocks disagree, and the microphone stood still', async () => {
    const habits = { pictureLateMs: 350, clockAheadMs: -3_600_000, soundPpm: fastPpm, stall };
    const { videoPath, timeline, completeness } = await finish('reports', habits);
    const delays = await beepDelays(videoPath);
    expect(delays).toHaveLength(12);
    for (const delay of delays) expect(Math.abs(delay)).toBeLessThan(0.08);
    const lost = timeline.gaps.filter(({ track }) => track === 'microphone');
    expect(lost).toHaveLength(1);
    expect((lost[0]?.endMs ?? 0) - (lost[0]?.startMs ?? 0)).toBeCloseTo(12_000, -3);
    expect(completeness).toBeLessThan(0.8);
  });

  it.each([true, false])('are whole when the line only held them up (sender reports: %s)', async (reports) => {
    const heldUp = { fromMs: 8_000, toMs: 11_000 };
    const { videoPath, timeline, completeness } = await finish(`held-up-${reports}`, { heldUp, reports });
    expect(timeline.gaps).toEqual([]);
    expect(completeness).toBe(1);
    const delays = await beepDelays(videoPath);
    expect(delays).toHaveLength(24);
    for (const delay of delays) expect(Math.abs(delay)).toBeLessThan(0.08);
  });

  it('are together without sender reports, by their arrival', async () => {
    const { videoPath } = await finish('arrival', { reports: false, stall });
    const delays = await beepDelays(videoPath);
    expect(delays).toHaveLength(12);
    for (const delay of delays) expect(Math.abs(delay)).toBeLessThan(0.08);
  });
});
