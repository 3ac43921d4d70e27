import type { SearchDocument, SearchIndex, Vocabulary } from '../../search/index.ts';
import type { Database } from '../database/database.ts';
import { beginRebuild, endRebuild } from './repository.ts';

/** Where the index gets its documents from. */
export interface DocumentSource<Shown> {
  /** As it is now. */
  vocabulary(): Promise<Vocabulary>;
  /** As they are now; what is missing in the answer does not belong into the index (any more). */
  load(ids: readonly string[]): Promise<SearchDocument<Shown>[]>;
  /** All of them, in batches. */
  readAll(signal?: AbortSignal): AsyncIterable<SearchDocument<Shown>[]>;
}

export interface RebuildOptions<Shown> {
  db: Database;
  index: SearchIndex<Shown>;
  source: DocumentSource<Shown>;
  signal?: AbortSignal;
}

/**
 * Builds the index anew while the present one goes on answering. Changes made meanwhile stay in the outbox
 * until the new index has them too.
 * @returns the number of documents, or null when another process is rebuilding already.
 */
export async function rebuildIndex<Shown>(options: RebuildOptions<Shown>): Promise<number | null> {
  const { db, index, source, signal } = options;
  return db.connection().execute(async (connection) => {
    if (!(await beginRebuild(connection))) return null;
    try {
      return await index.rebuild(await source.vocabulary(), source.readAll(signal), signal);
    } finally {
      await endRebuild(connection);
    }
  });
}
