import type { Tables } from '../../../server/database/tables.ts';
import { licences, type ResourceKind } from '../../../server/resources/schema.ts';
import type { Chance } from '../../environment/chance.ts';

/** Where a record stands in the textbooks. */
export interface Lesson {
  id: string;
  name: string;
  subject: string;
  edition: string;
  grade: string;
  volume: string;
  unit: string;
}

export interface Owner {
  id: string;
  schoolId: string;
}

export interface LibraryFile {
  id: string;
  name: string;
  bytes: number;
  mediaType: string;
  pages: number | null;
  /** The words of its pages; empty where nobody reads them. */
  pageTexts: string[];
}

/** A resource as a school has thousands of them. */
export interface LibraryRecord {
  id: string;
  owner: Owner;
  lesson: Lesson;
  kind: ResourceKind;
  title: string;
  description: string;
  licence: string;
  visibility: Tables['resource']['visibility'];
  status: 'draft' | 'published';
  downloads: number;
  views: number;
  publishedAt: Date;
  files: LibraryFile[];
}

interface Form {
  kind: ResourceKind;
  /** How titles name it. */
  names: readonly string[];
  file: { ending: string; mediaType: string; pages: number; largest: number };
}

const office = 'application/vnd.openxmlformats-officedocument';
const document = { ending: 'docx', mediaType: `${office}.wordprocessingml.document`, pages: 8, largest: 3_000_000 };
const slides = { ending: 'pptx', mediaType: `${office}.presentationml.presentation`, pages: 30, largest: 40_000_000 };
const sheet = { ending: 'pdf', mediaType: 'application/pdf', pages: 6, largest: 5_000_000 };
const video = { ending: 'mp4', mediaType: 'video/mp4', pages: 0, largest: 300_000_000 };

/** More of what schools have more of. */
const forms: readonly Form[] = [
  { kind: 'lesson_plan', names: ['教学设计', '教案', '导学案', '说课稿'], file: document },
  { kind: 'lesson_plan', names: ['教学设计（第一课时）', '教学设计（第二课时）'], file: document },
  { kind: 'courseware', names: ['课件', '公开课课件', '复习课件'], file: slides },
  { kind: 'courseware', names: ['PPT 课件', '配套课件'], file: slides },
  { kind: 'exercise', names: ['课后练习', '随堂练习', '分层作业'], file: sheet },
  { kind: 'exercise', names: ['同步练习（含答案）', '易错题'], file: document },
  { kind: 'paper', names: ['单元测试卷', '期中测试卷', '期末测试卷（A 卷）'], file: sheet },
  { kind: 'task_sheet', names: ['学习任务单', '预习单'], file: document },
  { kind: 'micro_lesson', names: ['微课', '重难点讲解微课'], file: video },
  { kind: 'question_bank', names: ['题库'], file: document },
  { kind: 'teaching_case', names: ['教学反思', '教学案例'], file: document },
  { kind: 'experiment_video', names: ['实验视频', '演示实验'], file: video },
];

const aims = [
  '结合生活情境认识概念，在折一折、画一画、说一说的活动中体会意义。',
  '通过小组合作探究方法，能用自己的话说明理由。',
  '朗读课文，把握主要内容，体会人物的思想感情。',
  '经历观察、操作、比较的过程，发展数感和空间观念。',
  '能用所学知识解释身边的现象，养成实事求是的态度。',
  '会读会写本课生字，理解重点词语在文中的意思。',
];
const remarks = [
  '练习由浅入深，附参考答案和评分标准，可供课堂检测使用。',
  '设计了三个层次的学习任务，照顾不同水平的学生。',
  '本课为同课异构活动的展示课，附听课老师的点评。',
  '课件包含动画演示，建议在多媒体教室使用。',
  '已在三个教学点的专递课堂上使用，根据课后反馈修改过两次。',
  '适合新授课，也可用于期末复习。',
  '乡村小规模学校可按复式教学的安排分两段使用。',
];
const sayings = [
  '导入：出示图片，学生说一说看到了什么，引出本课的问题。',
  '探究：同桌合作完成学具操作，记录结果，再全班交流。',
  '讲解：教师板书关键步骤，强调容易出错的地方。',
  '练习：完成课本做一做，集体订正，说明理由。',
  '小结：这节课你学会了什么，还有哪些疑问。',
  '作业：完成练习册对应页，预习下一课。',
];

/** What part of the resources is seen by whom. */
const visibilities = [
  ...Array<'alliance'>(11).fill('alliance'),
  ...Array<'public'>(4).fill('public'),
  ...Array<'school'>(3).fill('school'),
  ...Array<'private'>(2).fill('private'),
] as const;

/** Every fifth has files whose words were read. */
const shareWithText = 0.2;
const shareOfDrafts = 0.03;
const firstDay = Date.UTC(2023, 8, 1);
const days = 1_000;
const dayMs = 24 * 3_600_000;

function titleOf(chance: Chance, lesson: Lesson, form: string, number: number): string {
  const { name, edition, grade, volume, subject, unit } = lesson;
  const place = `${edition}${subject}${grade}${volume}`;
  const turn = chance.below(10);
  if (turn < 4) return `《${name}》${form}`;
  if (turn < 7) return `${place}《${name}》${form}`;
  if (turn < 9) return `${grade}${volume}${unit} ${name} ${form}`;
  return `${place}${form}（${(number % 40) + 1}）：${name}`;
}

function filesOf(chance: Chance, title: string, { file }: Form): LibraryFile[] {
  const readable = file.pages > 0 && chance.number() < shareWithText;
  const count = 1 + Math.floor(chance.number() ** 3 * 3);
  return Array.from({ length: count }, (_, index) => {
    const pages = file.pages > 0 ? 1 + chance.below(file.pages) : null;
    return {
      id: chance.uuid(),
      name: `${title.replaceAll(/[：《》]/g, '')}${index > 0 ? ` ${index + 1}` : ''}.${file.ending}`,
      bytes: 20_000 + Math.floor(chance.number() ** 2 * file.largest),
      mediaType: file.mediaType,
      pages,
      pageTexts: readable
        ? Array.from({ length: Math.min(pages ?? 1, 3) }, () =>
            Array.from({ length: 4 }, () => chance.among(sayings)).join(''),
          )
        : [],
    };
  });
}

/** The record with a number. Asked for in their order, they are the same in every run. */
export function makeRecord(
  chance: Chance,
  number: number,
  { owners, lessons }: { owners: readonly Owner[]; lessons: readonly Lesson[] },
): LibraryRecord {
  const lesson = chance.among(lessons);
  const form = chance.among(forms);
  const title = titleOf(chance, lesson, chance.among(form.names), number);
  const description = [
    `${lesson.grade}${lesson.subject}“${lesson.name}”。`,
    chance.among(aims),
    ...Array.from({ length: chance.below(3) }, () => chance.among(remarks)),
  ].join('');
  return {
    id: chance.uuid(),
    owner: chance.among(owners),
    lesson,
    kind: form.kind,
    title,
    description,
    licence: chance.among(licences),
    visibility: chance.among(visibilities),
    status: chance.number() < shareOfDrafts ? 'draft' : 'published',
    // Few are used by everybody, most by hardly anybody.
    downloads: Math.floor(chance.number() ** 6 * 3_000),
    views: Math.floor(chance.number() ** 4 * 9_000),
    publishedAt: new Date(firstDay + Math.floor(chance.number() * days * dayMs)),
    files: filesOf(chance, title, form),
  };
}
