import {
  type FloorEvent,
  floorEvent,
  floorEventTypes,
  type InkEvent,
  inkEvent,
  inkEventTypes,
  type LessonEventType,
  lessonEvent,
  type RecordedChunk,
  type RecordedEvent,
  type RecordedTrack,
  type RecordingJournal,
} from '../../media/index.ts';
import { source } from '../../media/protocol.ts';
import type { Database } from '../database/database.ts';

export async function insertTrack(db: Database, track: RecordedTrack): Promise<void> {
  await db
    .insertInto('recording_track')
    .values({
      recording_id: track.recordingId,
      id: track.trackId,
      epoch: track.epoch,
      participant_id: track.participantId,
      role: track.role,
      room_id: track.roomId,
      source: track.source,
      kind: track.kind,
      mime_type: track.mimeType,
      clock_rate: track.clockRate,
      channels: track.channels,
      opened_at: new Date(track.openedAt),
    })
    .onConflict((conflict) => conflict.columns(['recording_id', 'id']).doNothing())
    .execute();
}

/** Where the bytes of a chunk lie. */
export function chunkKey({ recordingId, trackId, epoch, number }: RecordedChunk): string {
  return `${recordingPrefix(recordingId)}${trackId}/${epoch}-${number}`;
}

export function recordingPrefix(recordingId: string): string {
  return `recordings/${recordingId}/`;
}

/** @returns the sha256 that is written down: the chunk's own, or that of the chunk that was there before. */
export async function insertChunk(db: Database, chunk: RecordedChunk): Promise<string> {
  await db
    .insertInto('recording_chunk')
    .values({
      recording_id: chunk.recordingId,
      track_id: chunk.trackId,
      epoch: chunk.epoch,
      number: chunk.number,
      object_key: chunkKey(chunk),
      bytes: chunk.bytes,
      sha256: chunk.sha256,
      packets: chunk.packets,
      first_sequence: chunk.firstSequence,
      last_sequence: chunk.lastSequence,
      first_arrival: new Date(chunk.firstArrival),
      last_arrival: new Date(chunk.lastArrival),
    })
    .onConflict((conflict) => conflict.columns(['recording_id', 'track_id', 'epoch', 'number']).doNothing())
    .execute();
  const { sha256 } = await db
    .selectFrom('recording_chunk')
    .select('sha256')
    .where('recording_id', '=', chunk.recordingId)
    .where('track_id', '=', chunk.trackId)
    .where('epoch', '=', chunk.epoch)
    .where('number', '=', chunk.number)
    .executeTakeFirstOrThrow();
  return sha256;
}

export async function insertEvent(db: Database, { recordingId, at, ...event }: RecordedEvent): Promise<void> {
  await db
    .insertInto('recording_event')
    .values({ recording_id: recordingId, at: new Date(at), type: event.type, data: JSON.stringify(event) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What of these kinds was told of a lesson so far, in order. */
async function readEvents(db: Database, classSessionId: string, types: readonly LessonEventType[]) {
  return await db
    .selectFrom('recording_event')
    .innerJoin('recording', 'recording.id', 'recording_event.recording_id')
    .select(['recording_event.at', 'data'])
    .where('class_session_id', '=', classSessionId)
    .where('type', 'in', types)
    .orderBy('at')
    .orderBy('recording_event.id')
    .execute();
}
/** What was drawn in a lesson so far, in order. */
export async function readInk(db: Database, classSessionId: string): Promise<InkEvent[]> {
  const events = await readEvents(db, classSessionId, inkEventTypes);
  return events.map(({ data }) => inkEvent.parse(data));
}

/** What passed between presenter and rooms in a lesson so far, in order. */
export async function readFloor(db: Database, classSessionId: string): Promise<(FloorEvent & { at: number })[]> {
  const events = await readEvents(db, classSessionId, floorEventTypes);
  return events.map(({ at, data }) => ({ ...floorEvent.parse(data), at: at.getTime() }));
}

/** All that was written down of a recording, in order. */
export async function readJournal(db: Database, recordingId: string): Promise<RecordingJournal> {
  const tracks = await db
    .selectFrom('recording_track')
    .selectAll()
    .where('recording_id', '=', recordingId)
    .orderBy('opened_at')
    .execute();
  const chunks = await db
    .selectFrom('recording_chunk')
    .selectAll()
    .where('recording_id', '=', recordingId)
    .orderBy('track_id')
    .orderBy('epoch')
    .orderBy('number')
    .execute();
  const events = await db
    .selectFrom('recording_event')
    .select(['at', 'data'])
    .where('recording_id', '=', recordingId)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return {
    recordingId,
    tracks: tracks.map((row) => ({
      recordingId,
      trackId: row.id,
      epoch: row.epoch,
      participantId: row.participant_id,
      role: row.role,
      roomId: row.room_id,
      source: source.parse(row.source),
      kind: row.kind,
      mimeType: row.mime_type,
      clockRate: row.clock_rate,
      channels: row.channels,
      openedAt: row.opened_at.getTime(),
    })),
    chunks: chunks.map((row) => ({
      recordingId,
      trackId: row.track_id,
      epoch: row.epoch,
      number: row.number,
      bytes: row.bytes,
      sha256: row.sha256,
      packets: row.packets,
      firstSequence: row.first_sequence,
      lastSequence: row.last_sequence,
      firstArrival: row.first_arrival.getTime(),
      lastArrival: row.last_arrival.getTime(),
    })),
    events: events.map((row) => ({ recordingId, at: row.at.getTime(), ...lessonEvent.parse(row.data) })),
  };
}

export async function deleteChunks(db: Database, recordingId: string): Promise<void> {
  await db.deleteFrom('recording_chunk').where('recording_id', '=', recordingId).execute();
}
