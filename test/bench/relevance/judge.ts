import type { ResourceKind } from '../../../server/resources/schema.ts';
import {
  type Facts,
  type JudgedResource,
  type Judgements,
  type Need,
  type Strength,
  strengthSchema,
} from './schema.ts';

type Worth = Partial<Record<ResourceKind, Strength>>;

const lessonPlan: Worth = { lesson_plan: 3 };
const courseware: Worth = { courseware: 3 };
const recording: Worth = { class_recording: 3 };
const taskSheet: Worth = { task_sheet: 3 };
const exercise: Worth = { exercise: 3, question_bank: 2, paper: 1 };
const paper: Worth = { paper: 3, question_bank: 1 };

/** What a teacher means by a word for a kind, and what each is worth to them at most (README.md, rule 3). */
export const kindsMeant: Record<string, Worth> = {
  教案: lessonPlan,
  教学设计: lessonPlan,
  教学方案: lessonPlan,
  课件: courseware,
  PPT: courseware,
  幻灯片: courseware,
  微课: { micro_lesson: 3 },
  课堂实录: recording,
  录像课: recording,
  任务单: taskSheet,
  学习单: taskSheet,
  导学案: taskSheet,
  练习: exercise,
  习题: exercise,
  作业: exercise,
  试卷: paper,
  测试卷: paper,
  卷子: paper,
  题库: { question_bank: 3, exercise: 1, paper: 1 },
  教学案例: { teaching_case: 3 },
  说课稿: { teaching_case: 3 },
  实验视频: { experiment_video: 3 },
  视频: { micro_lesson: 3, class_recording: 3, experiment_video: 3 },
  素材: { media_asset: 3 },
  校本课程: { school_course: 3 },
};

const muchUsed = 300;

/** All that can be read of a resource. */
export function textOf({ title, description, place, pages, school }: JudgedResource): string {
  return [title, description, ...Object.values(place ?? {}), ...pages, school].join('\n');
}

/** How much a resource is about `topic`; about `topic=2` it is 2 at most. */
function strengthOf(topic: string, topics: Facts['topics']): number {
  const [name = '', most = '3'] = topic.split('=');
  return Math.min(topics[name] ?? 0, Number(most));
}

const steps = ['stage', 'subject', 'edition', 'grade', 'volume'] as const;

function gradeOf(resource: JudgedResource, need: Need): number {
  const { facts } = resource;
  const byHand = need.also?.[resource.title];
  if (byHand !== undefined) return byHand;
  if (steps.some((step) => need[step] && !need[step].includes(facts.place[step] ?? ''))) return 0;
  if ((['period', 'year', 'exam'] as const).some((fact) => need[fact] !== undefined && need[fact] !== facts[fact]))
    return 0;
  const text = textOf(resource);
  if (need.phrase !== undefined && !text.includes(need.phrase)) return 0;
  if (need.without?.some((word) => text.includes(word) || kindsMeant[word]?.[resource.kind] === 3)) return 0;
  let grade = need.about ? Math.max(...need.about.map((topic) => strengthOf(topic, facts.topics))) : 3;
  if (need.kind !== undefined) {
    const meant = kindsMeant[need.kind];
    if (!meant) throw new Error(`There is no word ${need.kind} for a kind.`);
    grade = Math.min(grade, meant[resource.kind] ?? 0);
  }
  if (need.popular && resource.downloads < muchUsed) grade -= 1;
  return Math.max(grade, 0);
}

/** The answers to a need, by the rules of README.md. */
export function judge(need: Need, resources: readonly JudgedResource[]): Judgements {
  const judged = new Map<string, Strength>();
  for (const resource of resources) {
    const grade = gradeOf(resource, need);
    if (grade > 0) judged.set(resource.id, strengthSchema.parse(grade));
  }
  return judged;
}
