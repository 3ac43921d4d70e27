import type { ResourceKind } from '../../../server/resources/schema.ts';
import { createChance } from '../../environment/chance.ts';
import type { Facts, JudgedResource, NamedPlace } from './schema.ts';
import { readSpecials } from './specials.ts';
import { joinTopics, type Lesson, readLessons, type Topics, topicsOfUnit, unitTopic } from './topics.ts';
import { otherSentences, remarks, type Subject, sentences, silentTitles, titles } from './wording.ts';

const schoolsOf: Record<string, readonly string[]> = {
  小学: ['第一小学', '第二小学', '实验小学', '柳河镇中心小学', '青山乡中心小学', '河湾教学点'],
  初中: ['第三中学', '实验中学', '柳河镇初级中学', '青山乡九年一贯制学校'],
  高中: ['第一高级中学', '实验高中'],
};

/** In the order in which they come about: the first for every lesson. */
const kindsByRank: readonly ResourceKind[] = [
  'lesson_plan',
  'courseware',
  'micro_lesson',
  'exercise',
  'class_recording',
  'task_sheet',
  'lesson_plan',
  'courseware',
  'teaching_case',
  'question_bank',
  'micro_lesson',
  'paper',
  'exercise',
  'media_asset',
  'courseware',
  'lesson_plan',
  'class_recording',
  'exercise',
  'task_sheet',
  'micro_lesson',
  'courseware',
];
const countOfWeight = [0, 2, 6, 12, 21] as const;
const withExperiments = new Set(['物理', '化学', '生物学', '科学']);
const numerals = '一二三';

type Made = Omit<JudgedResource, 'id'>;

export function makeResources(): JudgedResource[] {
  const random = createChance(20_261_101).number;
  const chance = (share: number) => random() < share;
  const among = <T>(list: readonly T[]): T => {
    const found = list[Math.floor(random() * list.length)];
    if (found === undefined) throw new Error('There is nothing to choose from.');
    return found;
  };
  const lessons = readLessons();
  const byUnit = Map.groupBy(lessons, ({ place }) => JSON.stringify({ ...place, lesson: '' }));

  function subjectOf(place: NamedPlace): Subject {
    const { lesson = '', unit = '', subject = '', edition = '', grade = '', volume = '' } = place;
    const name = lesson === '' ? unitTopic(unit) : lesson;
    const quoted = subject === '英语' || name.includes('《') ? name : `《${name}》`;
    const short = /^[一二三四五六七八九]年级$/.test(grade)
      ? `${grade.charAt(0)}${volume.charAt(0)}`
      : `${grade}${volume}`;
    return { name, quoted, unit, subject, edition, grade, volume, short };
  }

  function finish(
    made: Pick<Made, 'title' | 'kind' | 'place'> & { facts: Facts },
    extra: string,
    pages: string[],
  ): Made {
    const { subject = '', stage = '小学' } = made.facts.place;
    const about = among(sentences[subject] ?? otherSentences);
    return {
      title: made.title,
      kind: made.kind,
      description: `${about}${extra}${among(remarks)}`,
      place: made.place,
      school: among(schoolsOf[stage] ?? []),
      downloads: Math.floor(random() ** 4 * 1_200),
      published: new Date(Date.UTC(2023, 8, 1) + Math.floor(random() * 1_000) * 86_400_000).toISOString().slice(0, 10),
      pages,
      facts: made.facts,
    };
  }

  function forLesson(lesson: Lesson, kind: ResourceKind, next: Lesson | undefined): Made {
    const { place } = lesson;
    const of = subjectOf(place);
    let title = among(titles[kind] ?? [])(of);
    let topics: Topics = lesson.topics;
    let period: number | undefined;
    const silent = silentTitles[kind];
    const unplaced = chance(0.02);
    if (silent && !unplaced && chance(0.05)) title = among(silent);
    else if (['lesson_plan', 'courseware', 'micro_lesson'].includes(kind) && chance(0.14)) {
      period = 1 + Math.floor(random() * 3);
      title += chance(0.5) ? `（第${period}课时）` : ` 第${numerals.charAt(period - 1)}课时`;
    }
    if (unplaced) title = `${of.edition}${of.grade}${of.volume}${of.subject} ${title}`;
    let extra = '';
    if (next && chance(0.12)) {
      extra = `为后面学习${subjectOf(next.place).quoted}打好基础。`;
      topics = joinTopics(topics, { [next.place.lesson]: 1 });
    }
    if (chance(0.65)) extra = `${lesson.content}${extra}`;
    if (lesson.author !== '' && chance(0.3)) extra += `附作者${lesson.author}简介。`;
    const pages: string[] = [];
    if (['lesson_plan', 'task_sheet', 'exercise'].includes(kind) && chance(0.15)) {
      pages.push(
        `${of.quoted} ${of.grade}${of.subject}，${of.edition}。一、学习目标：了解主要内容，能用自己的话说明。`,
      );
      pages.push(`二、学习过程：独立思考，同桌交流，全班汇报。${among(sentences[of.subject] ?? otherSentences)}`);
      if (chance(0.5)) pages.push('三、课后：完成课本上的题目，下节课前交给组长。');
    }
    const facts = { topics, place, ...(period !== undefined && { period }) };
    return finish({ title, kind, place: unplaced ? null : place, facts }, extra, pages);
  }

  function forUnit(unit: readonly Lesson[]): Made {
    const [first] = unit;
    if (!first) throw new Error('A unit without lessons.');
    const { lesson: _lesson, ...place } = first.place;
    const of = subjectOf(place);
    const [kind, title] = among([
      ['paper', `${of.short}${of.subject} ${of.unit} 单元测试卷`],
      ['courseware', `${of.unit} 整理与复习`],
      ['exercise', `${of.short} ${of.unit} 单元练习`],
      ['lesson_plan', `${of.unit} 大单元教学设计`],
    ] as const);
    return finish({ title, kind, place, facts: { topics: topicsOfUnit(unit), place } }, '', []);
  }

  const made: Made[] = [];
  for (const unit of byUnit.values()) {
    for (const [index, lesson] of unit.entries()) {
      const count = (countOfWeight[lesson.weight] ?? 0) + (lesson.weight === 1 && chance(0.5) ? 1 : 0);
      // Rare lessons have something of any kind, or nothing would ever be rare among the later kinds.
      const shift = lesson.weight === 1 ? Math.floor(random() * 8) : 0;
      for (let rank = 0; rank < count; rank += 1) {
        made.push(
          forLesson(
            lesson,
            kindsByRank[(rank * (shift ? 3 : 1) + shift) % kindsByRank.length] ?? 'other',
            unit[index + 1],
          ),
        );
      }
      if (withExperiments.has(lesson.place.subject) && chance(0.5)) {
        made.push(forLesson(lesson, 'experiment_video', undefined));
      }
    }
    if (unit.length > 1) made.push(forUnit(unit));
  }
  const specials = readSpecials(byUnit).map((special) => {
    const { pages, description, downloads } = special;
    return { ...finish(special, '', pages), description, downloads };
  });
  return [...made, ...specials].map((one, index) => ({ id: `r${String(index + 1).padStart(4, '0')}`, ...one }));
}
