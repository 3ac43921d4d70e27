import type { ResourceKind } from './schema.ts';

/** What teachers call the kinds: resources are found by these words, and these words are read as conditions. */
export const kindWords: readonly { words: readonly string[]; kinds: readonly ResourceKind[] }[] = [
  { words: ['教学设计', '教案', '教学方案'], kinds: ['lesson_plan'] },
  { words: ['课件', 'ppt', 'pptx', '幻灯片'], kinds: ['courseware'] },
  { words: ['微课', '微课程', '微视频'], kinds: ['micro_lesson'] },
  { words: ['学习任务单', '任务单', '学习单', '导学案', '学案'], kinds: ['task_sheet'] },
  { words: ['作业', '练习', '练习题', '习题', '作业练习', '课后练习'], kinds: ['exercise'] },
  { words: ['试题库', '题库'], kinds: ['question_bank'] },
  { words: ['试卷', '卷子', '测试卷'], kinds: ['paper'] },
  { words: ['试题'], kinds: ['question_bank', 'paper'] },
  { words: ['教学案例'], kinds: ['teaching_case'] },
  { words: ['课堂实录', '教学实录', '录像课'], kinds: ['class_recording'] },
  { words: ['实验视频'], kinds: ['experiment_video'] },
  { words: ['素材'], kinds: ['media_asset'] },
  { words: ['校本课程'], kinds: ['school_course'] },
];

/** All words of a kind. */
export function wordsOfKind(kind: ResourceKind): string[] {
  return kindWords.flatMap(({ words, kinds }) => (kinds.includes(kind) ? words : []));
}
