import type { ResourceKind } from '../../../server/resources/schema.ts';

/** What a title is made of. */
export interface Subject {
  /** The lesson's or the unit's name. */
  name: string;
  /** The same in 《》 where Chinese uses them. */
  quoted: string;
  unit: string;
  subject: string;
  edition: string;
  grade: string;
  volume: string;
  /** 三上, or grade and volume where nobody shortens them. */
  short: string;
}

type Title = (of: Subject) => string;

/** Titles as teachers write them, the usual ones first. */
export const titles: Partial<Record<ResourceKind, readonly Title[]>> = {
  lesson_plan: [
    ({ quoted }) => `${quoted}教学设计`,
    ({ name }) => `${name}教案`,
    ({ quoted, grade, subject }) => `${grade}${subject}${quoted}教学设计`,
    ({ name, short }) => `${short} ${name} 教学方案`,
    ({ quoted, edition, grade, volume, subject }) => `${edition}${subject}${grade}${volume}${quoted}教案`,
    ({ name }) => `${name} 集体备课教案`,
  ],
  courseware: [
    ({ name }) => `${name}课件`,
    ({ quoted }) => `${quoted}PPT课件`,
    ({ name, short }) => `${short} ${name} 课件`,
    ({ name }) => `${name}公开课课件（修改版）`,
    ({ name, unit }) => `${unit}：${name}`,
    ({ name, grade, subject }) => `${grade}${subject} ${name}.pptx`,
  ],
  micro_lesson: [
    ({ name }) => `${name}微课`,
    ({ quoted }) => `微课：${quoted}`,
    ({ name, short, subject }) => `${short}${subject}微课 ${name}`,
    ({ name }) => `五分钟看懂 ${name}`,
  ],
  task_sheet: [
    ({ quoted }) => `${quoted}学习任务单`,
    ({ name }) => `${name}导学案`,
    ({ name }) => `${name} 预习单`,
    ({ name, short }) => `${short} ${name} 学习单`,
  ],
  exercise: [
    ({ name }) => `${name}练习题`,
    ({ quoted }) => `${quoted}课后作业`,
    ({ name, short }) => `${short} ${name} 练习课`,
    ({ name }) => `${name} 同步习题（分层）`,
    ({ name }) => `${name} 课堂练习（含答案）`,
  ],
  question_bank: [({ name }) => `${name}题库`, ({ name, grade }) => `${grade} ${name} 试题精选`],
  paper: [({ name }) => `${name}测试卷`, ({ name, short }) => `${short}${name}检测卷（A卷）`],
  teaching_case: [
    ({ quoted }) => `${quoted}教学反思`,
    ({ name }) => `${name}说课稿`,
    ({ name }) => `一节${name}的教学案例`,
  ],
  class_recording: [
    ({ quoted }) => `${quoted}课堂实录`,
    ({ name }) => `${name} 录像课`,
    ({ name, grade }) => `${grade} ${name} 专递课堂实录`,
  ],
  experiment_video: [({ name }) => `${name}实验视频`, ({ name }) => `${name} 演示实验`],
  media_asset: [({ name }) => `${name} 图片素材`, ({ name }) => `${name} 音频和插图`],
};

/** Titles that say nothing of the lesson; there are such in every library. */
export const silentTitles: Partial<Record<ResourceKind, readonly string[]>> = {
  lesson_plan: ['公开课教案定稿', '教学设计（修改三）'],
  courseware: ['公开课课件（终稿）', '上课用课件新', '赛课PPT最终版'],
  micro_lesson: ['微课视频（压缩）'],
  exercise: ['课堂小练习', '家庭作业单'],
  task_sheet: ['学习任务单（打印版）'],
};

const math = [
  '在折一折、画一画、说一说的活动中体会意义。',
  '从生活情境引入，突出数形结合。',
  '重点是理解算理，难点是灵活运用。',
  '设计了三个层次的问题，照顾不同水平的学生。',
  '用学具操作代替讲解，给学生充分的时间。',
];
const chinese = [
  '朗读为主线，抓住关键语句体会情感。',
  '引导学生品味语言，学习作者的表达方法。',
  '结合时代背景理解内容，附板书设计。',
  '以问题串推动阅读，最后安排小练笔。',
  '随文识字，积累好词好句。',
];
const english = [
  'Warm-up, presentation, practice and production.',
  '以对话和游戏操练重点句型，附单词卡。',
  '听说为主，设计了小组表演活动。',
  'Key words and sentences are listed on the first page.',
];
const natural = [
  '先提出问题，再设计对比实验，最后归纳结论。',
  '联系生活中的现象，强调规范操作。',
  '附记录表和安全提示。',
  '用动画模拟看不见的过程。',
];
const social = [
  '以材料分析为主，配有时间轴。',
  '结合身边的事例展开讨论。',
  '课前调查，课上分组汇报。',
  '图文并茂，重点突出。',
];
const practical = ['示范动作清楚，适合跟着做。', '欣赏、体验、创作三个环节。', '材料容易找到，乡村学校也能开展。'];

/** What is said of resources, by subject. */
export const sentences: Record<string, readonly string[]> = {
  数学: math,
  语文: chinese,
  英语: english,
  物理: natural,
  化学: natural,
  生物学: natural,
  科学: natural,
  历史: social,
  地理: social,
  道德与法治: social,
  思想政治: social,
};
export const otherSentences: readonly string[] = practical;

/** Said of resources of any subject. */
export const remarks: readonly string[] = [
  '',
  '',
  '',
  '已在两个班试用。',
  '配套课件、练习一并上传。',
  '乡村教学点同步课堂使用。',
  '参考了教师用书。',
  '欢迎修改后使用。',
  '可打印。',
];
