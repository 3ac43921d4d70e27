import { sql } from 'kysely';
import type { SearchDocument, Vocabulary } from '../../search/index.ts';
import type { Database } from '../database/database.ts';
import { spokenPage } from '../database/tables/library.ts';
import { wordsOfKind } from './kind-words.ts';
import { type ResourceRow, resourceRows } from './repository.ts';
import type { ResourceSummary } from './schema.ts';
import { nodeIdsOf, type PlacesOf, summaryOf } from './summary.ts';

const BATCH = 500;

export interface ResourceDocumentsOptions {
  db: Database;
  placesOf: PlacesOf;
  vocabulary: () => Promise<Vocabulary>;
}

export interface ResourceDocuments {
  vocabulary(): Promise<Vocabulary>;
  /** Of those that are published; the others have none. */
  load(ids: readonly string[]): Promise<SearchDocument<ResourceSummary>[]>;
  readAll(signal?: AbortSignal): AsyncIterable<SearchDocument<ResourceSummary>[]>;
}

/** What the search index holds of the library. */
export function createResourceDocuments({ db, placesOf, vocabulary }: ResourceDocumentsOptions): ResourceDocuments {
  async function documentsOf(rows: readonly ResourceRow[]): Promise<SearchDocument<ResourceSummary>[]> {
    const [places, alliances, texts] = await Promise.all([
      placesOf(nodeIdsOf(rows)),
      alliancesOf(db, [...new Set(rows.map((row) => row.schoolId))]),
      textsOf(
        db,
        rows.map((row) => row.id),
      ),
    ]);
    return rows.map((row) => {
      const place = places.get(row.nodeId ?? '');
      const summary = summaryOf(row, place);
      const names = [place?.subject, place?.edition, place?.grade, place?.volume].flatMap((step) => step?.name ?? []);
      return {
        id: row.id,
        title: row.title,
        lesson: [place?.lesson?.name, place?.unit?.name].filter(Boolean).join(' '),
        words: [...names, ...wordsOfKind(summary.kind)],
        description: row.description,
        schoolName: row.schoolName,
        text: texts.get(row.id) ?? '',
        kind: row.kind,
        stage: place?.stage?.slug ?? null,
        subject: place?.subject?.slug ?? null,
        edition: place?.edition?.slug ?? null,
        grade: place?.grade?.slug ?? null,
        volume: place?.volume?.slug ?? null,
        nodeIds: place?.lineage ?? [],
        lessonId: place?.lesson ? place.nodeId : null,
        schoolId: row.schoolId,
        ownerId: row.ownerId,
        allianceIds: alliances.get(row.schoolId) ?? [],
        visibility: row.visibility,
        publishedAt: row.publishedAt?.getTime() ?? 0,
        downloads: row.downloads,
        shown: summary,
      };
    });
  }

  const published = () =>
    resourceRows(db).where('resource.status', '=', 'published').where('resource.deleted_at', 'is', null);

  return {
    vocabulary,

    async load(ids) {
      const rows = await published().where('resource.id', '=', sql<string>`any(${ids}::uuid[])`).execute();
      return documentsOf(rows);
    },

    async *readAll(signal) {
      for (let after: string | undefined; ; ) {
        signal?.throwIfAborted();
        let query = published().orderBy('resource.id').limit(BATCH);
        if (after !== undefined) query = query.where('resource.id', '>', after);
        const rows = await query.execute();
        if (rows.length > 0) yield await documentsOf(rows);
        after = rows.at(-1)?.id;
        if (rows.length < BATCH) return;
      }
    },
  };
}

async function alliancesOf(db: Database, schoolIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('alliance_school')
    .select(['school_id as schoolId', 'alliance_id as allianceId'])
    .where('school_id', '=', sql<string>`any(${schoolIds}::uuid[])`)
    .execute();
  const alliances = new Map<string, string[]>();
  for (const { schoolId, allianceId } of rows) {
    alliances.set(schoolId, [...(alliances.get(schoolId) ?? []), allianceId]);
  }
  return alliances;
}

/** Meilisearch reads the first 65,535 words of a field; these are about as many in Chinese. */
const LONGEST_TEXT = 100_000;

/** The words inside the files of each resource, all files and pages in their order, and after them what is said in any. */
async function textsOf(db: Database, resourceIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; text: string }>`
    select file.resource_id as id,
      left(string_agg(page_text.text, ' ' order by page_text.number = ${spokenPage}::int, file.position, file.id, page_text.number), ${LONGEST_TEXT}::int) as text
    from file join page_text on page_text.file_id = file.id
    where file.resource_id = any(${resourceIds}::uuid[]) and file.deleted_at is null
    group by file.resource_id`.execute(db);
  return new Map(rows.map(({ id, text }) => [id, text]));
}
