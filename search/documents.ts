import { z } from 'zod';
import { soundsOf } from './pinyin.ts';
import { partsOf } from './words.ts';

const slug = z.string().nullable();

/** What the index searches, filters, counts and sorts by. */
const indexedSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  /** Names of the lesson and the unit, where the place goes that deep. */
  lesson: z.string(),
  /** Further words it shall be found by: subject, edition, grade, volume, kind. */
  words: z.array(z.string()),
  description: z.string(),
  schoolName: z.string(),
  /** The words inside its files. */
  text: z.string(),

  kind: z.string(),
  stage: slug,
  subject: slug,
  edition: slug,
  grade: slug,
  volume: slug,
  /** The place in the catalog and all that lies above it. */
  nodeIds: z.array(z.uuid()),
  /** The lesson itself, where the place goes that deep. */
  lessonId: z.uuid().nullable(),
  schoolId: z.uuid(),
  ownerId: z.uuid(),
  /** The alliances of its school. */
  allianceIds: z.array(z.uuid()),
  visibility: z.enum(['private', 'school', 'alliance', 'public']),
  /** Milliseconds since 1970. */
  publishedAt: z.number(),
  downloads: z.number(),
});

export type IndexedFields = z.output<typeof indexedSchema>;

/** A document, with all that a hit shows, so that showing it needs no second question. */
export type SearchDocument<Shown> = IndexedFields & { shown: Shown };

/**
 * As the index stores it: pinyin and parts of words in fields of their own, and what is shown as one text, which
 * Meilisearch hands out unread; an object it would take apart and put together twice for every hit.
 */
export function toStored<Shown>(document: SearchDocument<Shown>) {
  const { title, lesson, lessonId, shown } = document;
  return {
    ...document,
    pinyin: soundsOf([title, lesson]),
    lessonPinyin: lessonId === null ? [] : soundsOf([lesson]),
    parts: partsOf([title, lesson]),
    shown: JSON.stringify(shown),
  };
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' });
    return z.NEVER;
  }
}

/** What the index answers to a search. `shown` is parsed as its owner says. */
export function answerSchema<Shown>(shown: z.ZodType<Shown>) {
  return z.object({
    hits: z.array(
      z.object({
        id: z.uuid(),
        shown: z.string().transform(parseJson).pipe(shown),
        _formatted: z.object({ title: z.string(), description: z.string() }),
      }),
    ),
    estimatedTotalHits: z.number(),
    facetDistribution: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  });
}
