import type { Recording } from '../api/types.ts';

export interface Chapter {
  fileId: string;
  page: number;
  atMs: number;
  endMs: number;
}

/** Slides that were only turned past are no chapters. */
const shortestMs = 1000;

/** A lesson's chapters: one for each slide that was shown for a while, from its turn to the next. */
export function chaptersOf({ slides, durationMs }: Pick<Recording, 'slides' | 'durationMs'>): Chapter[] {
  const turns = [...slides].sort((a, b) => a.atMs - b.atMs);
  const chapters: Chapter[] = [];
  for (const [index, { fileId, page, atMs }] of turns.entries()) {
    // While no slides are shown, no chapter goes on.
    if (fileId === null) continue;
    const endMs = Math.max(atMs, turns[index + 1]?.atMs ?? durationMs);
    const last = chapters.at(-1);
    const isLast = index === turns.length - 1;
    if (endMs - atMs < shortestMs && !isLast) {
      // The time that it took belongs to the slide before.
      if (last?.endMs === atMs) last.endMs = endMs;
    } else if (last?.page === page && last.fileId === fileId && last.endMs === atMs) last.endMs = endMs;
    else chapters.push({ fileId, page, atMs, endMs });
  }
  return chapters;
}

/** The one at a moment: before the first slide, the first. */
export function chapterAt(chapters: readonly Chapter[], atMs: number): Chapter | undefined {
  return chapters.findLast((chapter) => chapter.atMs <= atMs) ?? chapters[0];
}

/** A chapter that was just begun is left backwards; later, back is to its own beginning. */
const justBegunMs = 3000;

/** Where one chapter back or forth begins; null at either end. */
export function stepChapter(chapters: readonly Chapter[], atMs: number, step: 1 | -1): number | null {
  const index = chapters.findLastIndex((chapter) => chapter.atMs <= atMs);
  if (step === 1) return chapters[index + 1]?.atMs ?? null;
  const current = chapters[index];
  if (!current) return null;
  return atMs - current.atMs > justBegunMs ? current.atMs : (chapters[index - 1]?.atMs ?? current.atMs);
}
