import { describe, expect, it } from 'vitest';
import { chapterAt, chaptersOf, stepChapter } from '../../../web/viewer/chapters.ts';
import { chooseReplay } from '../../../web/viewer/replay-mode.ts';

const fileId = 'f';
const slides = [
  { atMs: 0, page: 1, fileId },
  { atMs: 60_000, page: 2, fileId },
  // Turned past on the way to 5, and back.
  { atMs: 90_000, page: 3, fileId },
  { atMs: 90_400, page: 4, fileId },
  { atMs: 90_700, page: 5, fileId },
  { atMs: 120_000, page: 2, fileId },
];

describe('the chapters of a lesson', () => {
  const chapters = chaptersOf({ slides, durationMs: 150_000 });

  it('are the slides that were shown for a while', () => {
    expect(chapters).toEqual([
      { fileId, page: 1, atMs: 0, endMs: 60_000 },
      { fileId, page: 2, atMs: 60_000, endMs: 90_700 },
      { fileId, page: 5, atMs: 90_700, endMs: 120_000 },
      { fileId, page: 2, atMs: 120_000, endMs: 150_000 },
    ]);
  });

  it('keep the last slide, however late it came, and are none without slides', () => {
    const late = [
      { atMs: 1_000, page: 1, fileId },
      { atMs: 9_900, page: 2, fileId },
    ];
    expect(chaptersOf({ slides: late, durationMs: 10_000 }).map(({ page }) => page)).toEqual([1, 2]);
    expect(chaptersOf({ slides: [], durationMs: 10_000 })).toEqual([]);
  });

  it('are of the file that was shown, and pause while none was', () => {
    const several = [
      { atMs: 0, page: 1, fileId },
      { atMs: 10_000, page: 1, fileId: 'g' },
      { atMs: 20_000, page: 1, fileId: null },
      // Turned past, after a pause: there is no slide before to which its time could belong.
      { atMs: 30_000, page: 1, fileId: 'g' },
      { atMs: 30_500, page: 2, fileId: 'g' },
      { atMs: 40_000, page: 2, fileId: null },
      { atMs: 50_000, page: 2, fileId: 'g' },
    ];
    expect(chaptersOf({ slides: several, durationMs: 60_000 })).toEqual([
      { fileId, page: 1, atMs: 0, endMs: 10_000 },
      { fileId: 'g', page: 1, atMs: 10_000, endMs: 20_000 },
      { fileId: 'g', page: 2, atMs: 30_500, endMs: 40_000 },
      { fileId: 'g', page: 2, atMs: 50_000, endMs: 60_000 },
    ]);
  });

  it('are found by the time', () => {
    expect(chapterAt(chapters, 59_999)?.page).toBe(1);
    expect(chapterAt(chapters, 60_000)?.page).toBe(2);
    expect(chapterAt([], 0)).toBeUndefined();
  });

  it('are walked by keys: back is first to the beginning of the one that plays', () => {
    expect(stepChapter(chapters, 61_000, 1)).toBe(90_700);
    expect(stepChapter(chapters, 61_000, -1)).toBe(0);
    expect(stepChapter(chapters, 80_000, -1)).toBe(60_000);
    expect(stepChapter(chapters, 1_000, -1)).toBe(0);
    expect(stepChapter(chapters, 130_000, 1)).toBeNull();
  });
});

describe('the way of replaying', () => {
  const recording = { thin: { bytes: 1_000, share: 0.05 } };

  it('is what the line allows, until somebody chooses', () => {
    expect(chooseReplay(recording, null, {})).toBe('video');
    expect(chooseReplay(recording, null, { downlink: 5 })).toBe('video');
    expect(chooseReplay(recording, null, { downlink: 0.3 })).toBe('thin');
    expect(chooseReplay(recording, null, { saveData: true, downlink: 5 })).toBe('thin');
    expect(chooseReplay(recording, 'video', { saveData: true })).toBe('video');
    expect(chooseReplay(recording, 'thin', { downlink: 5 })).toBe('thin');
  });

  it('is the video where there is no sound alone', () => {
    expect(chooseReplay({ thin: null }, 'thin', { saveData: true })).toBe('video');
  });
});
