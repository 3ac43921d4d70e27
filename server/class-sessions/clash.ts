import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { AppError, type FieldError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { sees } from './policy.ts';

export interface Booking {
  presenterId: string;
  roomIds: readonly string[];
  times: readonly { start: Date; end: Date }[];
  /** Left out of the comparison: the sessions that are being changed. */
  exceptIds: readonly string[];
}

/** Somebody or something that is taken at one of the times. */
export interface Clash {
  /** Null: the presenter. */
  roomId: string | null;
  start: Date;
  end: Date;
  /** Null: of a session that the actor may not see, or of one that is being booked. */
  title: string | null;
}

interface Row {
  n: number;
  title: string;
  alliance_id: string;
  presenter_id: string;
  room_id: string | null;
  scheduled_start: Date;
  scheduled_end: Date;
}

/** Sessions not yet over that take the presenter or one of the rooms during a part of one of the times, which `n` counts from 1. */
async function findRows(db: Database, { presenterId, roomIds, times, exceptIds }: Booking): Promise<Row[]> {
  const [starts, ends] = [times.map(({ start }) => start), times.map(({ end }) => end)];
  const { rows } = await sql<Row>`
    select slot.n, session.title, session.alliance_id, session.presenter_id, taken.room_id,
      session.scheduled_start, session.scheduled_end
    from unnest(${starts}::timestamptz[], ${ends}::timestamptz[]) with ordinality as slot (starts, ends, n)
    join class_session as session
      on session.scheduled_start < slot.ends and session.scheduled_end > slot.starts
      and session.state in ('scheduled', 'live')
    left join class_session_room as taken
      on taken.class_session_id = session.id and taken.room_id = any(${roomIds}::uuid[])
    where (session.presenter_id = ${presenterId} or taken.room_id is not null)
      and session.id <> all(${exceptIds}::uuid[])
    order by slot.n, session.scheduled_start, session.id`.execute(db);
  return rows;
}

/**
 * Where the times overlap each other, as those of a series can of which one lesson a week is moved onto the other: the
 * later one finds the presenter taken, and with them every room.
 */
function clashesWithin(times: Booking['times']): Clash[][] {
  const found: Clash[][] = times.map(() => []);
  const order = [...times.entries()].sort(([, a], [, b]) => a.start.getTime() - b.start.getTime());
  let longest: Booking['times'][number] | undefined;
  for (const [index, time] of order) {
    if (longest && time.start < longest.end) {
      found[index]?.push({ roomId: null, start: longest.start, end: longest.end, title: null });
    }
    if (!longest || time.end > longest.end) longest = time;
  }
  return found;
}

/** What is taken at each of the times, in their order. The title of a session that the actor may not see is not told. */
export async function findClashes(db: Database, actor: AccountActor, booking: Booking): Promise<Clash[][]> {
  const found = clashesWithin(booking.times);
  for (const row of await findRows(db, booking)) {
    const clashes = found[row.n - 1] ?? [];
    const title = sees(actor, { allianceId: row.alliance_id, presenterId: row.presenter_id }) ? row.title : null;
    const [start, end] = [row.scheduled_start, row.scheduled_end];
    const taken = [
      ...(row.presenter_id === booking.presenterId ? [null] : []),
      ...(row.room_id === null ? [] : [row.room_id]),
    ];
    for (const roomId of taken) {
      const isTold = clashes.some((one) => one.roomId === roomId && one.start.getTime() === start.getTime());
      if (!isTold) clashes.push({ roomId, start, end, title });
    }
  }
  return found;
}

/**
 * Refuses a booking whose presenter or room is taken at one of its times.
 * @throws AppError `conflict`, with an entry for the presenter and for each taken room; when there are several times, of each.
 */
export async function refuseClash(db: Database, actor: AccountActor, booking: Booking): Promise<void> {
  const errors = new Map<string, FieldError>();
  (await findClashes(db, actor, booking)).forEach((clashes, index) => {
    const prefix = booking.times.length > 1 ? `times.${index}.` : '';
    for (const { roomId, start, end, title } of clashes) {
      const path = prefix + (roomId === null ? 'presenterId' : `roomIds.${booking.roomIds.indexOf(roomId)}`);
      const time = `${start.toISOString()}/${end.toISOString()}`;
      if (!errors.has(path)) errors.set(path, { path, message: title === null ? time : `${time} ${title}` });
    }
  });
  if (errors.size === 0) return;
  throw new AppError('conflict', {
    detail: 'The presenter or a room is already booked at that time.',
    errors: [...errors.values()],
  });
}
