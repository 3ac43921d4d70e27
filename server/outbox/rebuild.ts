import type { DocumentSource, RebuiltIndex, SearchIndex } from '../../search/index.ts';
import type { Database } from '../database/database.ts';
import { keepRefused } from './refused.ts';
import { beginRebuild, endRebuild } from './repository.ts';

export interface RebuildOptions<Shown> {
  db: Database;
  index: SearchIndex<Shown>;
  source: DocumentSource<Shown>;
  signal?: AbortSignal;
}

/**
 * Builds the index anew while the present one goes on answering. Changes made meanwhile stay in the outbox
 * until the new index has them too.
 * @returns what it holds, or null when another process is rebuilding already.
 */
export async function rebuildIndex<Shown>(options: RebuildOptions<Shown>): Promise<RebuiltIndex | null> {
  const { db, index, source, signal } = options;
  return db.connection().execute(async (connection) => {
    if (!(await beginRebuild(connection))) return null;
    try {
      const built = await index.rebuild(source, signal);
      await keepRefused(connection, 'all', built.refused);
      return built;
    } finally {
      await endRebuild(connection);
    }
  });
}
