import { z } from 'zod';
import type { Database } from '../database/database.ts';

/** What is kept of a class session, beside the journal of its recording. */
export type ClassEvent =
  | { kind: 'joined' | 'left'; data: PresenceData }
  | { kind: 'slide'; data: z.output<typeof slideData> };

interface PresenceData {
  participantId: string;
  role: string;
  accountId: string | null;
  deviceId: string | null;
  roomId: string | null;
}

const slideData = z.object({ fileId: z.uuid().nullable(), page: z.int().positive() });

interface Row {
  class_session_id: string;
  at: Date;
  kind: string;
  data: string;
}

/**
 * Writes events in the order in which they are told. Those that arrive while a write is under way share the next one,
 * so that forty rooms that come in at once cost two statements. A promise resolves when its event is durable.
 */
export function createEventLog(db: Database) {
  let waiting: { row: Row; done: PromiseWithResolvers<void> }[] = [];
  let writing = false;

  async function write(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await db
          .insertInto('class_event')
          .values(batch.map(({ row }) => row))
          .execute();
        for (const { done } of batch) done.resolve();
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    writing = false;
  }

  return {
    append(classSessionId: string, at: number, { kind, data }: ClassEvent): Promise<void> {
      const done = Promise.withResolvers<void>();
      waiting.push({
        row: { class_session_id: classSessionId, at: new Date(at), kind, data: JSON.stringify(data) },
        done,
      });
      if (!writing) void write();
      return done.promise;
    },
  };
}

/** The page that was shown last, to go on with after a restart in mid-lesson. */
export async function lastSlide(db: Database, classSessionId: string) {
  const row = await db
    .selectFrom('class_event')
    .select('data')
    .where('class_session_id', '=', classSessionId)
    .where('kind', '=', 'slide')
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? slideData.parse(row.data) : null;
}
