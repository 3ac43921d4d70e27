import type { CalendarEntry } from '../calendar-feeds/schema.ts';
import { type Place, placeSchema } from '../catalog/schema.ts';
import type { Actor } from '../http/route.ts';
import { rightsIn } from './policy.ts';
import type { ClassSessionRow } from './repository.ts';
import type { ClassSession, DayChange } from './schema.ts';

/** The time that was announced first. */
function announced(row: ClassSessionRow) {
  const { moved_from_start: start, moved_from_end: end } = row;
  if (start === null || end === null) {
    const { scheduled_start, scheduled_end, period_label: period } = row;
    return { start: scheduled_start.toISOString(), end: scheduled_end.toISOString(), period };
  }
  return { start: start.toISOString(), end: end.toISOString(), period: row.moved_from_label };
}

/** Null for a session that is where it was announced. */
function changeOf(row: ClassSessionRow): ClassSession['change'] {
  const kind = row.state === 'cancelled' ? 'cancelled' : row.moved_from_start === null ? null : 'moved';
  if (kind === null) return null;
  const at = (row.changed_at ?? row.updated_at).toISOString();
  return { kind, at, reason: row.change_reason, from: announced(row) };
}

/** What a room's screen says of a session that is not where it was announced. */
export function dayChangeOf(row: ClassSessionRow): DayChange | null {
  const change = changeOf(row);
  if (change === null) return null;
  const { kind, reason, from } = change;
  const to = {
    start: row.scheduled_start.toISOString(),
    end: row.scheduled_end.toISOString(),
    period: row.period_label,
  };
  return { id: row.id, title: row.title, kind, reason, from, to: kind === 'cancelled' ? null : to };
}

export function entryOf(row: ClassSessionRow): CalendarEntry {
  return {
    id: row.id,
    title: row.title,
    start: row.scheduled_start,
    end: row.scheduled_end,
    timeZone: row.time_zone,
    period: row.period_label,
    presenter: `${row.school_name} ${row.presenter_name}`,
    rooms: row.rooms.map((room) => `${room.school_name} ${room.name}`),
    cancelled: row.state === 'cancelled',
    reason: row.change_reason,
    sequence: row.sequence,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

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
      pupilsRecorded: room.pupils_recorded,
    })),
    scheduledStart: row.scheduled_start.toISOString(),
    scheduledEnd: row.scheduled_end.toISOString(),
    period: row.period_label,
    seriesId: row.series_id,
    change: changeOf(row),
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
