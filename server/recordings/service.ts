import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { ResourceInk, ResourceRecording } from '../resources/recording-schema.ts';
import { readFloor, readInk } from './journal.ts';
import { nameGaps } from './named-gaps.ts';
import { insertRecording, listUnfinished, lockRecordingOfSession } from './repository.ts';
import { inkSchema, pagesShown, replaySchema } from './slides-shown.ts';
import { measureThin } from './thin-replay.ts';

export interface RecordingOptions {
  db: Database;
  /** Sends the finishing job as part of the transaction; again is harmless. */
  sendFinish(trx: Database, recordingId: string): Promise<void>;
  /** The same with the job that looks whether a recorder is gone. */
  sendConclude(trx: Database, recordingId: string, delaySeconds: number): Promise<void>;
}

/** By then a recorder has said that it is done, unless its store is away or it never came to write. */
const patienceSeconds = 60;

export type RecordingService = ReturnType<typeof createRecordingService>;

export function createRecordingService({ db, sendFinish, sendConclude }: RecordingOptions) {
  return {
    /** There is a recording from the moment a session is live. */
    async arm(trx: Database, classSessionId: string, at: Date): Promise<void> {
      await insertRecording(trx, classSessionId, at);
    },

    /**
     * The session is over. When its recorder has said so too, the video is made now; else as soon as the recorder says it,
     * because chunks may still be on their way. A recorder that is gone says nothing any more.
     */
    async finishLater(trx: Database, classSessionId: string, recorderGone: boolean): Promise<void> {
      const recording = await lockRecordingOfSession(trx, classSessionId);
      if (!recording) return;
      const silent = recorderGone || recording.recorders === 0;
      if (recording.state === 'finishing') await sendFinish(trx, recording.id);
      else await sendConclude(trx, recording.id, silent ? 0 : patienceSeconds);
    },

    /** After a start: what a crash left behind is finished without anybody's help. @returns how many. */
    async recover(): Promise<number> {
      const unfinished = await listUnfinished(db);
      for (const { id, state } of unfinished) {
        if (state === 'finishing' || state === 'failed') await sendFinish(db, id);
        else await sendConclude(db, id, 0);
      }
      return unfinished.length;
    },

    /** What was drawn, and what passed between presenter and rooms, in a lesson that goes on: for a media node that takes it over. */
    async soFar(classSessionId: string) {
      const [ink, floor] = [await readInk(db, classSessionId), await readFloor(db, classSessionId)];
      return { ink, floor };
    },

    /** What was drawn on the slides that were shown; nothing when the resource is no class recording. */
    async inkShown(resourceId: string): Promise<ResourceInk> {
      const row = await db
        .selectFrom('recording')
        .where('recording.resource_id', '=', resourceId)
        .select('timeline')
        .executeTakeFirst();
      if (!row) return { strokes: [] };
      const shown = new Set(replaySchema.parse(row.timeline).slides.map(({ fileId }) => fileId));
      return { strokes: inkSchema.parse(row.timeline?.ink ?? null).filter(({ fileId }) => shown.has(fileId)) };
    },

    /** What belongs to a class recording of the library; null when the resource is none. */
    async recordingOf(resourceId: string): Promise<ResourceRecording | null> {
      const row = await db
        .selectFrom('recording')
        .where('recording.resource_id', '=', resourceId)
        .select(['recording.id', 'class_session_id', 'duration_ms', 'completeness'])
        // What was drawn may be as long as all else together many times over.
        .select([
          sql<unknown>`timeline - 'ink'`.as('timeline'),
          sql<number>`coalesce(jsonb_array_length(timeline -> 'ink'), 0)`.as('strokes'),
        ])
        .executeTakeFirst();
      if (!row || row.duration_ms === null || row.completeness === null) return null;
      const { slides, gaps } = replaySchema.parse(row.timeline);
      return {
        classSessionId: row.class_session_id,
        durationMs: row.duration_ms,
        completeness: row.completeness,
        gaps: await nameGaps(db, gaps),
        slides: slides.map((turn) => ({ ...turn, atMs: Math.round(turn.atMs) })),
        hasInk: row.strokes > 0,
        thin: await measureThin(db, row.id, pagesShown(slides)),
      };
    },
  };
}
