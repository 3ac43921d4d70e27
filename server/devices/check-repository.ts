import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { byName } from '../database/name-order.ts';
import type { DeviceActor } from '../http/route.ts';
import { type CheckBody, foundSchema, type RoomCheck } from './check-schema.ts';

export async function saveCheck(db: Database, actor: DeviceActor, { reason, found }: CheckBody): Promise<void> {
  const checked = { device_id: actor.id, at: new Date(), reason, found: JSON.stringify(found), asked_at: null };
  await db
    .insertInto('room_check')
    .values({ room_id: actor.roomId, ...checked })
    .onConflict((conflict) => conflict.column('room_id').doUpdateSet(checked))
    .execute();
}

export async function askForCheck(db: Database, roomId: string): Promise<void> {
  const asked = { asked_at: sql<Date>`now()` };
  await db
    .insertInto('room_check')
    .values({ room_id: roomId, ...asked })
    .onConflict((conflict) => conflict.column('room_id').doUpdateSet(asked))
    .execute();
}

/** When a check was asked for that has not come yet. */
export async function checkAskedAt(db: Database, roomId: string): Promise<Date | null> {
  const row = await db.selectFrom('room_check').select('asked_at').where('room_id', '=', roomId).executeTakeFirst();
  return row?.asked_at ?? null;
}

/** Of each of these rooms, by school and name. */
export async function listChecks(db: Database, roomIds: readonly string[]): Promise<RoomCheck[]> {
  if (roomIds.length === 0) return [];
  const rows = await db
    .selectFrom('room')
    .innerJoin('school', 'school.id', 'room.school_id')
    .leftJoin('room_check', 'room_check.room_id', 'room.id')
    .leftJoin('device', (join) =>
      join
        .onRef('device.room_id', '=', 'room.id')
        .on('device.key_hash', 'is not', null)
        .on('device.key_used_at', 'is not', null),
    )
    .select([
      'room.id',
      'room.name',
      'school.id as school_id',
      'school.name as school_name',
      'device.last_seen_at',
      'room_check.asked_at',
      'room_check.at',
      'room_check.reason',
      'room_check.found',
    ])
    .where('room.id', 'in', roomIds)
    .where('room.deleted_at', 'is', null)
    .orderBy('school.name', byName)
    .orderBy('room.name', byName)
    .execute();
  return rows.map((row) => ({
    room: { id: row.id, name: row.name, school: { id: row.school_id, name: row.school_name } },
    seenAt: row.last_seen_at?.toISOString() ?? null,
    askedAt: row.asked_at?.toISOString() ?? null,
    last:
      row.at === null || row.reason === null
        ? null
        : { at: row.at.toISOString(), reason: row.reason, found: foundSchema.parse(row.found) },
  }));
}
