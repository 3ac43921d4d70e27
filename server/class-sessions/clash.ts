import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { sees } from './policy.ts';

export interface Booking {
  /** Left out of the comparison: the session that is being changed. */
  id: string | null;
  presenterId: string;
  roomIds: readonly string[];
  start: Date;
  end: Date;
}

/** Sessions not yet over that take the presenter or one of the rooms during a part of the time. */
async function findClashes(db: Database, booking: Booking) {
  return await db
    .selectFrom('class_session')
    .leftJoin('class_session_room', (join) =>
      join
        .onRef('class_session_room.class_session_id', '=', 'class_session.id')
        .on('class_session_room.room_id', 'in', booking.roomIds),
    )
    .where('state', 'in', ['scheduled', 'live'])
    .where('scheduled_start', '<', booking.end)
    .where('scheduled_end', '>', booking.start)
    .where((eb) => eb.or([eb('presenter_id', '=', booking.presenterId), eb('room_id', 'is not', null)]))
    .where(sql<boolean>`class_session.id is distinct from ${booking.id}::uuid`)
    .select(['title', 'alliance_id', 'presenter_id', 'room_id', 'scheduled_start', 'scheduled_end'])
    .orderBy('scheduled_start')
    .orderBy('class_session.id')
    .execute();
}

/**
 * Refuses a booking whose presenter or room is taken at that time. The title of a session that the actor may not see is
 * not told.
 * @throws AppError `conflict`, with an entry for the presenter and for each taken room.
 */
export async function refuseClash(db: Database, actor: AccountActor, booking: Booking): Promise<void> {
  const clashes = await findClashes(db, booking);
  if (clashes.length === 0) return;
  const errors = new Map<string, FieldError>();
  for (const clash of clashes) {
    const visible = sees(actor, { allianceId: clash.alliance_id, presenterId: clash.presenter_id });
    const time = `${clash.scheduled_start.toISOString()}/${clash.scheduled_end.toISOString()}`;
    const message = visible ? `${time} ${clash.title}` : time;
    const paths = [
      ...(clash.presenter_id === booking.presenterId ? ['presenterId'] : []),
      ...(clash.room_id === null ? [] : [`roomIds.${booking.roomIds.indexOf(clash.room_id)}`]),
    ];
    for (const path of paths) {
      if (!errors.has(path)) errors.set(path, { path, message });
    }
  }
  throw new AppError('conflict', {
    detail: 'The presenter or a room is taken at that time.',
    errors: [...errors.values()],
  });
}
