import type { Licence, ResourceKind, Visibility } from '../api/types.ts';
import { mediaKind } from '../format/media-kind.ts';

/** What the form holds while someone describes a resource. A select that was emptied holds ''. */
export interface ResourceDraft {
  title: string;
  kind: ResourceKind | '';
  description: string;
  nodeId: string | null;
  licence: Licence | '';
  visibility: Visibility | '';
}

export function emptyDraft(): ResourceDraft {
  return { title: '', kind: 'lesson_plan', description: '', nodeId: null, licence: 'cc_by_nc', visibility: 'alliance' };
}

/** 「分数的初步认识_最终版.docx」 → 「分数的初步认识 最终版」. */
export function titleOf(fileName: string): string {
  return fileName
    .replace(/\.[^.]{1,8}$/, '')
    .replaceAll(/[_\s]+/g, ' ')
    .trim()
    .slice(0, 200);
}

/** What a file most likely is; the teacher corrects it. Words in the name say more than the type. */
export function kindOf(fileName: string, mediaType: string): ResourceKind {
  const told: [RegExp, ResourceKind][] = [
    [/教案|教学设计|lesson.?plan/i, 'lesson_plan'],
    [/学习任务单|学案|任务单/, 'task_sheet'],
    [/试卷|测试卷|检测/, 'paper'],
    [/题库/, 'question_bank'],
    [/练习|作业/, 'exercise'],
    [/案例/, 'teaching_case'],
    [/实验/, 'experiment_video'],
    [/微课/, 'micro_lesson'],
    [/课件/, 'courseware'],
  ];
  const match = told.find(([pattern]) => pattern.test(fileName));
  if (match) return match[1];
  const kinds: Partial<Record<ReturnType<typeof mediaKind>, ResourceKind>> = {
    slides: 'courseware',
    video: 'micro_lesson',
    audio: 'media_asset',
    image: 'media_asset',
    text: 'lesson_plan',
    pdf: 'lesson_plan',
    sheet: 'exercise',
  };
  return kinds[mediaKind(mediaType)] ?? 'other';
}
