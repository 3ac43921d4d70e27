import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { Action } from './actions.ts';
import { type Deed, eventOf } from './trail.ts';

/** What is seen and taken: too often, and too much in a hurry, for a row and a wait each. */
export interface Sightings {
  /**
   * Returns at once. The same actor, action and subject within one sitting is one event; of nobody who is known, the same
   * source, action and subject, and a sitting ends by itself, so that who goes on is seen to go on.
   */
  note(action: Action, deed: Sighting): void;
  /** Writes down what still waits. */
  close(): Promise<void>;
}

/** Nothing is looked up for it. */
export type Sighting = Deed &
  Required<Pick<Deed, 'title' | 'schoolId'>> & {
    /** Tells apart who is nobody known; the address where it is not given. */
    source?: string;
  };

export interface SightingsOptions {
  db: Database;
  log: Logger;
  /** How long a note waits for others at most: what a crash can lose. */
  writeAfterMs?: number;
  /** How long somebody has to be silent for the next time to count anew. */
  sittingMs?: number;
}

const AT_ONCE = 500;
/** Notes do not come by themselves: without the database nobody is let in, so what waits stays small. */
const AGAIN_AFTER_MS = 5_000;

type Row = ReturnType<typeof eventOf> & { at: string };

export function createSightings(options: SightingsOptions): Sightings {
  const { db, log, writeAfterMs = 2_000, sittingMs = 15 * 60_000 } = options;
  /** When each was last seen here. */
  const seen = new Map<string, number>();
  let waiting: Row[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let cleanedAt = Date.now();

  /** Other processes may have seen the same sitting: what they wrote is not written again. */
  async function insert(rows: readonly Row[]): Promise<void> {
    await sql`
      insert into audit_event (at, action, actor_kind, actor_id, actor_school_id,
        subject_kind, subject_id, subject_title, subject_school_id, details, ip_address)
      select at, action, actor_kind, actor_id, actor_school_id,
        subject_kind, subject_id, subject_title, subject_school_id, details::jsonb, ip_address
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as new (at timestamptz, action text,
        actor_kind text, actor_id uuid, actor_school_id uuid, subject_kind text, subject_id uuid, subject_title text,
        subject_school_id uuid, details text, ip_address text)
      where actor_id is null or not exists (
        select from audit_event as old
        where old.subject_id = new.subject_id and old.actor_id = new.actor_id and old.action = new.action
          and old.at > new.at - make_interval(secs => ${sittingMs / 1000}))
      order by at`.execute(db);
  }

  function forgetOld(now: number): void {
    if (now - cleanedAt < sittingMs) return;
    cleanedAt = now;
    for (const [key, at] of seen) if (now - at >= sittingMs) seen.delete(key);
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const rows = waiting.slice(0, AT_ONCE);
      await insert(rows);
      waiting = waiting.slice(rows.length);
    }
  }

  function writeSoon(afterMs: number): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      // One after the other, so that none is written twice.
      writing = writing.then(writeAll).catch((error: unknown) => {
        log.error({ err: error, events: waiting.length }, 'the audit trail cannot be written; trying again');
        writeSoon(AGAIN_AFTER_MS);
      });
    }, afterMs).unref();
  }

  return {
    note(action, deed) {
      const now = Date.now();
      const key = [action, deed.actor?.id ?? deed.source ?? deed.address, deed.id].join(' ');
      const last = seen.get(key);
      const isSame = last !== undefined && now - last < sittingMs;
      if (!isSame || deed.actor !== null) seen.set(key, now);
      if (isSame) return;
      forgetOld(now);
      waiting.push({
        ...eventOf(action, deed, { title: deed.title, schoolId: deed.schoolId }),
        at: new Date(now).toISOString(),
      });
      writeSoon(writeAfterMs);
    },

    async close() {
      clearTimeout(timer);
      timer = undefined;
      await writing;
      clearTimeout(timer);
      await writeAll();
    },
  };
}
