import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type DocumentSource, type SearchIndex, SearchUnavailableError } from '../../search/index.ts';
import type { Database } from '../database/database.ts';
import { rebuildIndex } from './rebuild.ts';
import { keepRefused, logRefused } from './refused.ts';
import { becomeRelay, holdOffRebuild, keepRows, listWaiting, removeRows } from './repository.ts';
import { createWake } from './wake.ts';

export interface RelayOptions<Shown> {
  db: Database;
  /** Of the same database; one of its connections listens. */
  pool: Pool;
  index: SearchIndex<Shown>;
  source: DocumentSource<Shown>;
  log: Logger;
}

export interface Relay {
  /** Resolves when the batch in hand has been carried or given back. */
  stop(): Promise<void>;
}

const BATCH = 500;
const POLL_MS = 2000;
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 10_000;

/**
 * Carries the outbox to the search index, for as long as the process runs. Every process may have one; one at a
 * time works. It also brings the index's settings up to date and builds the index when there is none, so that
 * a Meilisearch that comes late, or comes back empty, needs nobody.
 */
export function startRelay<Shown>({ db, pool, index, source, log }: RelayOptions<Shown>): Relay {
  const stopping = new AbortController();
  const { signal } = stopping;
  const wake = createWake(pool, 'outbox', signal);

  async function prepare(): Promise<void> {
    if ((await index.prepare(await source.vocabulary(), signal)) === 'ready') return;
    const built = await rebuildIndex({ db, index, source, signal });
    if (built === null) throw new SearchUnavailableError('Another process is building the search index.');
    log.info({ documents: built.count }, 'search index built');
    logRefused(log, built.refused);
  }

  /** Returns how many changes were carried. */
  function carryBatch(): Promise<number> {
    return db.transaction().execute(async (tx) => {
      if (!(await becomeRelay(tx))) return 0;
      const rebuilding = !(await holdOffRebuild(tx));
      const rows = await listWaiting(tx, rebuilding, BATCH);
      if (rows.length === 0) return 0;
      if (rows.some(({ entity }) => entity === 'vocabulary')) await index.prepare(await source.vocabulary(), signal);
      const ids = [...new Set(rows.filter(({ entity }) => entity === 'resource').map((row) => row.entityId))];
      const documents = await source.load(ids);
      const present = new Set(documents.map((document) => document.id));
      const refused = await index.upsert(documents, signal);
      await index.remove(
        ids.filter((id) => !present.has(id)),
        signal,
      );
      await keepRefused(tx, ids, refused);
      logRefused(log, refused);
      const carried = rows.map((row) => row.id);
      await (rebuilding ? keepRows(tx, carried) : removeRows(tx, carried));
      return rows.length;
    });
  }

  async function run(): Promise<void> {
    let prepared = false;
    let backoff = 0;
    while (!signal.aborted) {
      try {
        if (!prepared) await prepare();
        prepared = true;
        const carried = await carryBatch();
        if (backoff > 0) log.info('search index reached again');
        backoff = 0;
        if (carried < BATCH) await wake.pause(POLL_MS);
      } catch (error) {
        if (signal.aborted) break;
        if (backoff === 0) log.warn({ err: error }, 'changes wait for the search index');
        else log.debug({ err: error }, 'changes still wait for the search index');
        prepared = false;
        backoff = Math.min(Math.max(backoff * 2, FIRST_BACKOFF_MS), LONGEST_BACKOFF_MS);
        // Not ended by a notification: each change would ask a server that is down.
        await sleep(backoff, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  const running = run().finally(() => wake.close());
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
