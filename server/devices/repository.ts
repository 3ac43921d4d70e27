import type { Selectable } from 'kysely';
import { type ExpressionBuilder, sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/database.ts';
import { byName } from '../database/name-order.ts';
import type { DeviceTable } from '../database/tables/people.ts';
import type { Tables } from '../database/tables.ts';
import type { DeviceActor } from '../http/route.ts';
import type { Device, Room } from './schema.ts';

/** Whose rooms are in sight; null reaches all. */
export type Sight = { allianceIds: readonly string[]; schoolId: string | null } | null;

type DeviceRow = Selectable<DeviceTable>;

export function toDevice(row: DeviceRow): Device {
  return {
    id: row.id,
    name: row.name,
    roomId: row.room_id,
    enrolledAt: row.enrolled_at?.toISOString() ?? null,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}

function inSight(sight: Sight) {
  if (sight === null) return sql<boolean>`true`;
  const { allianceIds, schoolId } = sight;
  return sql<boolean>`(room.school_id = ${schoolId}::uuid or room.school_id in (
    select school_id from alliance_school where alliance_id = any(${allianceIds}::uuid[])))`;
}

const schoolOf = (e: ExpressionBuilder<Tables, 'room'>) =>
  jsonObjectFrom(
    e.selectFrom('school').select(['school.id', 'school.name']).whereRef('school.id', '=', 'room.school_id'),
  )
    .$notNull()
    .as('school');

export async function listRooms(
  db: Database,
  filter: { sight: Sight; schoolId?: string; id?: string },
): Promise<Room[]> {
  let query = db
    .selectFrom('room')
    .select(['room.id', 'room.name'])
    .select(schoolOf)
    .where('room.deleted_at', 'is', null)
    .where(inSight(filter.sight))
    .orderBy('room.name', byName);
  if (filter.schoolId !== undefined) query = query.where('room.school_id', '=', filter.schoolId);
  if (filter.id !== undefined) query = query.where('room.id', '=', filter.id);
  const rooms = await query.execute();
  if (rooms.length === 0) return [];
  const devices = await db
    .selectFrom('device')
    .selectAll()
    .where(
      'room_id',
      'in',
      rooms.map((room) => room.id),
    )
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return rooms.map((room) => ({
    ...room,
    devices: devices.filter((device) => device.room_id === room.id).map(toDevice),
  }));
}

/** The school of a room and whether the reader may see it. */
export async function locateRoom(db: Database, id: string, sight: Sight) {
  return await db
    .selectFrom('room')
    .select('school_id as schoolId')
    .select(inSight(sight).as('visible'))
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

export async function locateDevice(db: Database, id: string, sight: Sight) {
  return await db
    .selectFrom('device')
    .innerJoin('room', 'room.id', 'device.room_id')
    .select('room.school_id as schoolId')
    .select(inSight(sight).as('visible'))
    .where('device.id', '=', id)
    .where('room.deleted_at', 'is', null)
    .executeTakeFirst();
}

export async function insertRoom(db: Database, schoolId: string, name: string): Promise<string> {
  const { id } = await db
    .insertInto('room')
    .values({ school_id: schoolId, name })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

export async function renameRoom(db: Database, id: string, name: string): Promise<void> {
  await db.updateTable('room').set({ name }).where('id', '=', id).execute();
}

/**
 * Its row stays for the sessions that were held there; its devices lose access in the same transaction.
 * @returns the ids of those devices
 */
export async function deleteRoom(db: Database, id: string): Promise<string[]> {
  await db.updateTable('room').set({ deleted_at: new Date() }).where('id', '=', id).execute();
  const revoked = await db
    .updateTable('device')
    .set({ revoked_at: new Date(), key_hash: null, enrolment_code_hash: null })
    .where('room_id', '=', id)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  return revoked.map((device) => device.id);
}

export async function insertDevice(
  db: Database,
  device: { roomId: string; name: string; codeHash: Buffer; expiresAt: Date },
): Promise<Device> {
  const row = await db
    .insertInto('device')
    .values({
      room_id: device.roomId,
      name: device.name,
      enrolment_code_hash: device.codeHash,
      enrolment_expires_at: device.expiresAt,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toDevice(row);
}

/** Devices of a room that have not come yet, whether or not their code is still good. */
export async function countAnnounced(db: Database, roomId: string): Promise<number> {
  const { count } = await db
    .selectFrom('device')
    .select((e) => e.fn.countAll<string>().as('count'))
    .where('room_id', '=', roomId)
    .where('enrolled_at', 'is', null)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function revokeDevice(db: Database, id: string): Promise<void> {
  await db
    .updateTable('device')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())`, key_hash: null, enrolment_code_hash: null })
    .where('id', '=', id)
    .execute();
}

/** The room for which a device was announced under a code. */
export async function findAnnouncedRoom(db: Database, codeHash: Buffer): Promise<string | undefined> {
  const device = await db
    .selectFrom('device')
    .select('room_id')
    .where('enrolment_code_hash', '=', codeHash)
    .executeTakeFirst();
  return device?.room_id;
}

/** The device that a code stands for, kept from changing until the transaction ends, so that a code serves once. */
export async function lockAnnounced(trx: Database, codeHash: Buffer) {
  return await trx
    .selectFrom('device')
    .select('id')
    .where('enrolment_code_hash', '=', codeHash)
    .where('enrolment_expires_at', '>', new Date())
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** Uses the code up and gives the device its key. */
export async function enrol(trx: Database, id: string, keyHash: Buffer): Promise<void> {
  const now = new Date();
  await trx
    .updateTable('device')
    .set({
      key_hash: keyHash,
      enrolled_at: now,
      last_seen_at: now,
      key_sent_at: now,
      enrolment_code_hash: null,
      enrolment_expires_at: null,
    })
    .where('id', '=', id)
    .execute();
}

export async function findPlace(db: Database, deviceId: string) {
  const row = await db
    .selectFrom('device')
    .innerJoin('room', 'room.id', 'device.room_id')
    .innerJoin('school', 'school.id', 'room.school_id')
    .selectAll('device')
    .select(['room.name as room_name', 'school.id as school_id', 'school.name as school_name'])
    .where('device.id', '=', deviceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const school = { id: row.school_id, name: row.school_name };
  return { device: toDevice(row), room: { id: row.room_id, name: row.room_name, school }, school };
}

/** A device that has its access, as the actor that it is. */
export async function findDeviceActor(db: Database, id: string): Promise<DeviceActor | null> {
  const { rows } = await sql<Omit<DeviceActor, 'kind'>>`
    select device.id, device.room_id as "roomId", room.school_id as "schoolId",
      array(select alliance_id from alliance_school where alliance_school.school_id = room.school_id) as "allianceIds"
    from device join room on room.id = device.room_id
    where device.id = ${id} and device.enrolled_at is not null and device.revoked_at is null and room.deleted_at is null`.execute(
    db,
  );
  return rows[0] ? { kind: 'device', ...rows[0] } : null;
}
