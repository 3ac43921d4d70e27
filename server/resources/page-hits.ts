import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { spokenPage } from '../database/tables/library.ts';
import { containing, mark, pieceOf } from './marking.ts';
import type { PageHit } from './schema.ts';

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
const MOST_TERMS = 12;

/** What to look for on the pages: each word as it was typed, and the words that a Chinese one is made of. */
export function termsOnPages(words: readonly string[]): string[] {
  const terms = new Set<string>();
  for (const word of words) {
    terms.add(word);
    for (const { segment, isWordLike } of segmenter.segment(word)) {
      if (isWordLike && segment.length > 1) terms.add(segment);
    }
  }
  return [...terms].slice(0, MOST_TERMS);
}

interface Row {
  resourceId: string;
  fileId: string;
  name: string;
  number: number;
  text: string;
  /** Of a recording, in which pages are counted by turns: the page of the slides that was turned to, and when. */
  slide: number | null;
  atMs: number | null;
}

/**
 * Of each resource the page that holds most of the terms, the first of several.
 * @param resourceIds of resources that the reader may see.
 */
export async function findOnPages(
  db: Database,
  resourceIds: readonly string[],
  terms: readonly string[],
): Promise<Map<string, PageHit>> {
  if (resourceIds.length === 0 || terms.length === 0) return new Map();
  const patterns = terms.map(containing);
  const { rows } = await sql<Row>`
    select distinct on (file.resource_id)
      file.resource_id as "resourceId", file.id as "fileId", file.name,
      page_text.number, page_text.text,
      (turn->>'page')::int as "slide", round((turn->>'atMs')::numeric)::int as "atMs"
    from file join page_text on page_text.file_id = file.id
      left join recording on recording.id = file.id and page_text.number <> ${spokenPage}::int
      cross join lateral (select recording.timeline->'slides'->(page_text.number - 1)) as shown (turn)
    where file.resource_id = any(${resourceIds}::uuid[]) and file.deleted_at is null
      and page_text.text ilike any(${patterns}::text[])
    order by file.resource_id,
      (select count(*) from unnest(${patterns}::text[]) as term where page_text.text ilike term) desc,
      file.position, file.id, page_text.number`.execute(db);
  return new Map(
    rows.map(({ resourceId, fileId, name, number, text, slide, atMs }) => [
      resourceId,
      {
        fileId,
        fileName: name,
        page: slide ?? number,
        atMs,
        spoken: number === spokenPage,
        text: mark(pieceOf(text, terms), terms),
      },
    ]),
  );
}
