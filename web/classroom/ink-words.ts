import type { TextKey } from '../locales/text.ts';
import type { FailureCode } from './failure.ts';

/** Why what was drawn is not there. */
export function inkRefusal(code: FailureCode): TextKey {
  if (code === 'page_ink_full') return 'classroom.studio.ink.pageFull';
  if (code === 'lesson_ink_full') return 'classroom.studio.ink.lessonFull';
  return 'classroom.studio.ink.failed';
}
