import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { violatedReference } from '../database/violation.ts';
import {
  type AudioData,
  audioData,
  type HeadCountData,
  headCountData,
  type PresenceData,
  presenceData,
} from './schema.ts';

/** What is kept of a class session, beside the journal of its recording. */
export type ClassEvent =
  | { kind: 'joined' | 'left'; data: PresenceData }
  | { kind: 'slide'; data: z.output<typeof slideData> }
  | { kind: 'audio'; data: AudioData }
  | { kind: 'head_count'; data: HeadCountData };

const slideData = z.object({ fileId: z.uuid().nullable(), page: z.int().positive() });

interface Row {
  class_session_id: string;
  at: Date;
  kind: string;
  data: string;
}

interface Waiting {
  row: Row;
  done: PromiseWithResolvers<void>;
}

/** A database that is restarted, or taken over by another, is back within these waits. */
const waitsMs = [100, 500, 2_000, 5_000];

/**
 * Writes events in the order in which they are told. Those that arrive while a write is under way share the next one,
 * so that forty rooms that come in at once cost two statements. A promise resolves when its event is durable.
 */
export function createEventLog(db: Database) {
  let waiting: Waiting[] = [];
  let writing: Promise<void> | null = null;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await insert(batch);
    }
    writing = null;
  }

  /** Repeated for a while: an event that is written twice, as an answer was lost, says the same. */
  async function insert(batch: Waiting[]): Promise<void> {
    const rows = batch.map(({ row }) => row);
    for (const wait of [...waitsMs, null]) {
      try {
        await db.insertInto('class_event').values(rows).execute();
        for (const { done } of batch) done.resolve();
        return;
      } catch (error) {
        const refused = violatedReference(error) !== null;
        if (refused && batch.length > 1) {
          // A session that is gone takes no event of another with it.
          for (const one of batch) await insert([one]);
          return;
        }
        if (refused || wait === null) {
          for (const { done } of batch) done.reject(error);
          return;
        }
        await delay(wait, undefined, { ref: false });
      }
    }
  }

  return {
    append(classSessionId: string, at: number, { kind, data }: ClassEvent): Promise<void> {
      const done = Promise.withResolvers<void>();
      waiting.push({
        row: { class_session_id: classSessionId, at: new Date(at), kind, data: JSON.stringify(data) },
        done,
      });
      writing ??= write();
      return done.promise;
    },

    /** Everything that was told so far has been written down, or has failed. */
    async settled(): Promise<void> {
      await writing;
    },
  };
}

/** Who has come and was not seen to leave, with the time of the last that was told of each. */
export async function stillIn(db: Database, classSessionId: string): Promise<{ at: number; who: PresenceData }[]> {
  const rows = await db
    .selectFrom('class_event')
    .select(['kind', 'at', 'data'])
    .where('class_session_id', '=', classSessionId)
    .where('kind', 'in', ['joined', 'left', 'audio'])
    .orderBy('at')
    .orderBy('id')
    .execute();
  const present = new Map<string, { at: number; who: PresenceData }>();
  for (const { kind, at: moment, data } of rows) {
    const at = moment.getTime();
    if (kind === 'audio') {
      const known = present.get(audioData.parse(data).participantId);
      if (known) known.at = at;
      continue;
    }
    const who = presenceData.parse(data);
    if (kind === 'joined') present.set(who.participantId, { at, who });
    else present.delete(who.participantId);
  }
  return [...present.values()];
}

/** What was counted last in each room. */
export async function lastHeadCounts(db: Database, classSessionId: string) {
  const rows = await db
    .selectFrom('class_event')
    .select('data')
    .where('class_session_id', '=', classSessionId)
    .where('kind', '=', 'head_count')
    .orderBy('at')
    .orderBy('id')
    .execute();
  const counts = new Map(rows.map(({ data }) => headCountData.parse(data)).map(({ roomId, count }) => [roomId, count]));
  return [...counts].map(([roomId, count]) => ({ roomId, count }));
}

/** The page at which these slides were left; the first when they were not shown. */
export async function lastPageOf(db: Database, classSessionId: string, fileId: string): Promise<number> {
  const row = await db
    .selectFrom('class_event')
    .select('data')
    .where('class_session_id', '=', classSessionId)
    .where('kind', '=', 'slide')
    .where(sql<boolean>`data ->> 'fileId' = ${fileId}`)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? slideData.parse(row.data).page : 1;
}

/**
 * The page that was shown last, to go on with after a restart in mid-lesson. What was turned before the lesson counts only of the
 * slides that it began with: others may have been planned then.
 */
export async function lastSlide(
  db: Database,
  session: { id: string; started_at: Date | null; slides_file_id: string | null },
) {
  const row = await db
    .selectFrom('class_event')
    .select('data')
    .where('class_session_id', '=', session.id)
    .where('kind', '=', 'slide')
    .where((eb) =>
      eb.or([
        eb('at', '>=', session.started_at),
        sql<boolean>`data ->> 'fileId' is not distinct from ${session.slides_file_id}`,
      ]),
    )
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? slideData.parse(row.data) : null;
}
