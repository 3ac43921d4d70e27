import { z } from 'zod';
import { resourceKindSchema } from '../../../server/resources/schema.ts';

/** Names as they read, from the stage down as far as is known. */
export const namedPlaceSchema = z.object({
  stage: z.string().optional(),
  subject: z.string().optional(),
  edition: z.string().optional(),
  grade: z.string().optional(),
  volume: z.string().optional(),
  unit: z.string().optional(),
  lesson: z.string().optional(),
});
export type NamedPlace = z.output<typeof namedPlaceSchema>;
export const placeSteps = ['stage', 'subject', 'edition', 'grade', 'volume', 'unit', 'lesson'] as const;

/** 3 about this · 2 a part of it is · 1 touches it. */
export const strengthSchema = z.union([z.literal(1), z.literal(2), z.literal(3)]);
export type Strength = z.output<typeof strengthSchema>;

/** What a resource is judged by (README.md); the search never sees it. */
export const factsSchema = z.object({
  topics: z.record(z.string(), strengthSchema),
  place: namedPlaceSchema,
  period: z.int().optional(),
  year: z.int().optional(),
  exam: z.enum(['期中', '期末']).optional(),
});
export type Facts = z.output<typeof factsSchema>;

export const judgedResourceSchema = z.object({
  id: z.string().regex(/^r\d{4}$/),
  title: z.string().min(1).max(200),
  kind: resourceKindSchema,
  description: z.string(),
  /** Where its contributor put it; null when nowhere. */
  place: namedPlaceSchema.nullable(),
  school: z.string().min(1),
  downloads: z.int().min(0),
  published: z.iso.date(),
  /** The text of its file, page by page; empty without one. */
  pages: z.array(z.string().min(1)),
  facts: factsSchema,
});
export type JudgedResource = z.output<typeof judgedResourceSchema>;

/** What the asker of a query wants. Everything named is a condition. */
export const needSchema = z.strictObject({
  /** One of these topics, `=2` and `=1` at most so much; none of all when only what is judged by hand counts. */
  about: z.array(z.string()).optional(),
  /** A word for a kind, see `kindsMeant`. */
  kind: z.string().optional(),
  stage: z.array(z.string()).optional(),
  subject: z.array(z.string()).optional(),
  edition: z.array(z.string()).optional(),
  grade: z.array(z.string()).optional(),
  volume: z.array(z.string()).optional(),
  period: z.int().optional(),
  year: z.int().optional(),
  exam: z.enum(['期中', '期末']).optional(),
  /** Has to stand there literally. */
  phrase: z.string().optional(),
  /** None of these may stand there. */
  without: z.array(z.string()).optional(),
  /** Of equals the much used ones are better. */
  popular: z.literal(true).optional(),
  /** Judged by hand: the title of a resource, and its grade (0 takes it out). */
  also: z.record(z.string(), z.union([z.literal(0), strengthSchema])).optional(),
});
export type Need = z.output<typeof needSchema>;

export const categories = [
  'topic',
  'topic+kind',
  'grade and volume',
  'edition',
  'homophone',
  'part of a word',
  'typo',
  'pinyin',
  'mixed languages',
  'synonym',
  'phrase',
  'exclusion',
  'long question',
  'author or work',
  'number',
  'inside documents',
  'subject alone',
  'popular',
  'rare',
] as const;

export const querySchema = z.object({
  id: z.string().regex(/^q\d{3}$/),
  category: z.enum(categories),
  text: z.string().min(1).max(200),
  need: needSchema,
});
export type Query = z.output<typeof querySchema>;

/** Resource id → grade, of those that are of any use. */
export type Judgements = ReadonlyMap<string, Strength>;
