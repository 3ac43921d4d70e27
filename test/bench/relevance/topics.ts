import { type NamedPlace, type Strength, strengthSchema } from './schema.ts';
import { cellsOf, readTable } from './tables.ts';

export type Topics = Record<string, Strength>;

/** `分数、约分=2`: without a figure it is all about it. */
export function parseTopics(text: string, separator: string): Topics {
  const given = text.split(separator).filter((part) => part !== '');
  return Object.fromEntries(
    given.map((part) => {
      const [name = '', strength = '3'] = part.split('=');
      return [name, strengthSchema.parse(Number(strength))];
    }),
  );
}

/** The stronger of both where both know it. */
export function joinTopics(...all: readonly Topics[]): Topics {
  const joined: Topics = {};
  for (const [name, strength] of all.flatMap((topics) => Object.entries(topics))) {
    joined[name] = strengthSchema.parse(Math.max(joined[name] ?? 1, strength));
  }
  return joined;
}

export interface Lesson {
  place: Required<NamedPlace>;
  topics: Topics;
  /** How much is made for it: 1 to 4. */
  weight: number;
  author: string;
  /** A sentence on what is in it; often empty. */
  content: string;
}

const unitNumber = /^第[^\s]{1,3}(?:单元|章|课)\s*/;

/** A unit's name without its number. */
export function unitTopic(unit: string): string {
  return unit.replace(unitNumber, '') || unit;
}

export function readLessons(): Lesson[] {
  return readTable('lessons.tsv').map((row) => {
    const cell = cellsOf(row);
    const place = {
      stage: cell('学段'),
      subject: cell('学科'),
      edition: cell('版本'),
      grade: cell('年级'),
      volume: cell('册次'),
      unit: cell('单元'),
      lesson: cell('课'),
    };
    const author = cell('作者');
    const own: Topics = { [place.lesson]: 3, ...(author !== '' && { [author]: 3 }) };
    const topics = joinTopics(own, parseTopics(cell('主题'), '、'));
    return { place, topics, weight: Number(cell('份量')), author, content: cell('内容') };
  });
}

/** What a resource for a whole unit is about: what all its lessons share, and a part of the rest. */
export function topicsOfUnit(lessons: readonly Lesson[]): Topics {
  const names = new Set(lessons.flatMap(({ topics }) => Object.keys(topics)));
  const shared: Topics = {};
  for (const name of names) {
    const strengths = lessons.map(({ topics }) => topics[name] ?? 0);
    shared[name] = strengthSchema.parse(Math.max(1, Math.min(2, Math.max(...strengths))));
    if (strengths.every((strength) => strength === 3)) shared[name] = 3;
  }
  const [first] = lessons;
  return first ? joinTopics(shared, { [unitTopic(first.place.unit)]: 3 }) : shared;
}
