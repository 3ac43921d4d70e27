import { type Place, placeSchema } from '../catalog/schema.ts';
import type { Actor } from '../http/route.ts';
import { rightsIn } from './policy.ts';
import type { ClassSessionRow } from './repository.ts';
import type { ClassSession } from './schema.ts';

/** A row as its reader gets it. */
export function answerOf(row: ClassSessionRow, place: Place | null, actor: Actor): ClassSession {
  return {
    id: row.id,
    title: row.title,
    state: row.state,
    school: { id: row.school_id, name: row.school_name },
    alliance: { id: row.alliance_id, name: row.alliance_name },
    presenter: { id: row.presenter_id, name: row.presenter_name },
    place: place && placeSchema.parse(place),
    slides:
      row.slides_file_id === null || row.slides_name === null || row.slides_state === null
        ? null
        : { fileId: row.slides_file_id, name: row.slides_name, pages: row.slides_pages, state: row.slides_state },
    rooms: row.rooms.map((room) => ({
      id: room.id,
      name: room.name,
      school: { id: room.school_id, name: room.school_name },
    })),
    scheduledStart: row.scheduled_start.toISOString(),
    scheduledEnd: row.scheduled_end.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    music: row.music,
    recording:
      row.recording_state === null
        ? null
        : { state: row.recording_state, resourceId: row.resource_id, failure: row.recording_failure },
    may: rightsIn(actor, {
      state: row.state,
      allianceId: row.alliance_id,
      schoolId: row.school_id,
      presenterId: row.presenter_id,
    }),
  };
}
