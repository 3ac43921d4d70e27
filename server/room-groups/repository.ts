import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { byName } from '../database/name-order.ts';

/** With the rooms that still are in a school of the alliance, by name. */
export async function listGroups(db: Database, filter: { allianceId: string } | { id: string }) {
  let query = db
    .selectFrom('room_group')
    .innerJoin('account', 'account.id', 'room_group.owner_id')
    .select([
      'room_group.id',
      'room_group.name',
      'room_group.alliance_id as allianceId',
      'account.id as ownerId',
      'account.name as ownerName',
      'account.school_id as ownerSchoolId',
    ])
    .select(
      sql<string[]>`array(
        select room.id from room_group_room join room on room.id = room_group_room.room_id
        join alliance_school on alliance_school.school_id = room.school_id
          and alliance_school.alliance_id = room_group.alliance_id
        where room_group_room.room_group_id = room_group.id and room.deleted_at is null
        order by room.id)`.as('roomIds'),
    )
    .orderBy('room_group.name', byName);
  query =
    'id' in filter
      ? query.where('room_group.id', '=', filter.id)
      : query.where('room_group.alliance_id', '=', filter.allianceId);
  return await query.execute();
}

export type RoomGroupRow = Awaited<ReturnType<typeof listGroups>>[number];

export async function allianceExists(db: Database, id: string): Promise<boolean> {
  return (await db.selectFrom('alliance').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/** Of several new groups at once each finds those before it. */
export async function countGroups(trx: Database, allianceId: string): Promise<number> {
  await trx.selectFrom('alliance').select('id').where('id', '=', allianceId).forNoKeyUpdate().execute();
  const { count } = await trx
    .selectFrom('room_group')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('alliance_id', '=', allianceId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertGroup(db: Database, group: { alliance_id: string; owner_id: string; name: string }) {
  return (await db.insertInto('room_group').values(group).returning('id').executeTakeFirstOrThrow()).id;
}

/** @returns false when it is gone; else it stays until the transaction ends. */
export async function renameGroup(db: Database, id: string, name: string): Promise<boolean> {
  const row = await db.updateTable('room_group').set({ name }).where('id', '=', id).returning('id').executeTakeFirst();
  return row !== undefined;
}

export async function setGroupRooms(db: Database, id: string, roomIds: readonly string[]): Promise<void> {
  await db.deleteFrom('room_group_room').where('room_group_id', '=', id).execute();
  const rows = roomIds.map((room_id) => ({ room_group_id: id, room_id }));
  await db.insertInto('room_group_room').values(rows).execute();
}

export async function deleteGroup(db: Database, id: string): Promise<void> {
  await db.deleteFrom('room_group').where('id', '=', id).execute();
}
