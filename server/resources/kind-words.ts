import type { ResourceKind } from './schema.ts';

/** What teachers call the kinds: resources are found by these words too. */
export const kindWords: Record<ResourceKind, string> = {
  lesson_plan: '教学设计 教案',
  courseware: '课件',
  micro_lesson: '微课',
  task_sheet: '学习任务单',
  exercise: '作业 练习',
  question_bank: '试题库 题库',
  paper: '试卷',
  teaching_case: '教学案例',
  class_recording: '课堂实录 录像课',
  experiment_video: '实验视频',
  media_asset: '素材',
  school_course: '校本课程',
  other: '',
};
