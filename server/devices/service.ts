import { randomBytes, randomInt } from 'node:crypto';
import type { Attempts } from '../accounts/attempts.ts';
import type { Database } from '../database/database.ts';
import { violatedReference, violatedUnique } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import { hashKey } from '../http/cookies.ts';
import type { AccountActor, DeviceActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { lockRoom, revokeFormer, takeRenewal } from './enrolment-repository.ts';
import { takePlace } from './first-use.ts';
import { mayKeep, requireKeeping } from './policy.ts';
import {
  countAnnounced,
  deleteRoom,
  enrol,
  findAnnouncedRoom,
  findDeviceActor,
  findPlace,
  insertDevice,
  insertRoom,
  listRooms,
  locateDevice,
  locateRoom,
  lockAnnounced,
  renameRoom,
  revokeDevice,
  type Sight,
} from './repository.ts';
import type { DevicePlace, NewDevice, Room } from './schema.ts';

export interface DeviceService {
  rooms(actor: AccountActor, schoolId?: string): Promise<Room[]>;
  createRoom(actor: AccountActor, room: { schoolId: string; name: string }): Promise<Room>;
  renameRoom(actor: AccountActor, id: string, name: string): Promise<Room>;
  deleteRoom(actor: AccountActor, id: string): Promise<void>;
  /** Announces a device; whoever opens its link within half an hour is that device, in place of the one the room has. */
  announce(actor: AccountActor, roomId: string, name: string): Promise<NewDevice>;
  /** Ends a device's access at once. */
  revoke(actor: AccountActor, id: string): Promise<void>;
  /** @throws AppError `enrolment_code_wrong`, `too_many_attempts` */
  enrol(code: string, address: string): Promise<DevicePlace & { key: string }>;
  /** Where a device stands. */
  place(actor: Pick<DeviceActor, 'id'>): Promise<DevicePlace>;
  /** Of a device that has its access; else null. Nobody's rights are asked. */
  actor(deviceId: string): Promise<DeviceActor | null>;
  /** A room whose devices the actor may change. @throws AppError `not_found`, `forbidden` */
  keptRoom(actor: AccountActor, id: string): Promise<Room>;
  /** A device has come with its key for the first time: it takes its place. @returns false when it has none any more */
  keyUsed(id: string): Promise<boolean>;
  /** True once every few days: the device's cookie is due to be sent anew, before its browser forgets it. */
  takeRenewal(actor: DeviceActor): Promise<boolean>;
}

const codeLength = 8;
const codeMs = 30 * 60 * 1000;
/** Of one room that have not come: whoever has so many does not need one more. */
const mostAnnounced = 20;
// Without 0 O 1 I L, which people confuse: 31^8 codes are 39.6 bits, enough for half an hour of limited guessing.
const codeLetters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const keyBytes = 32;
const renewalDays = 7;

function makeCode(): string {
  return Array.from({ length: codeLength }, () => codeLetters[randomInt(codeLetters.length)]).join('');
}

function sightOf(actor: AccountActor): Sight {
  return actor.role === 'admin' ? null : { allianceIds: actor.allianceIds, schoolId: actor.schoolId };
}

function rethrow(error: unknown): never {
  if (violatedUnique(error) === 'room_name') throw new AppError('name_taken', { cause: error });
  if (violatedReference(error) !== null) throw new AppError('not_found', { cause: error });
  throw error;
}

export interface DeviceOptions {
  db: Database;
  attempts: Attempts;
  /** Under which other machines reach this server; null where it is known to none. */
  publicAddress?: string | null;
  /** Told when a device has lost its access, so that it is put out of wherever it is. */
  onRevoked?: (deviceId: string) => void;
}

export function createDeviceService({ db, attempts, publicAddress = null, onRevoked }: DeviceOptions): DeviceService {
  async function room(actor: AccountActor, id: string): Promise<Room> {
    const [found] = await listRooms(db, { sight: sightOf(actor), id });
    if (found === undefined) throw new AppError('not_found');
    return found;
  }

  async function keepRoom(actor: AccountActor, id: string): Promise<void> {
    requireKeeping(actor, await locateRoom(db, id, sightOf(actor)));
  }

  async function place(deviceId: string): Promise<DevicePlace> {
    const found = await findPlace(db, deviceId);
    if (found === undefined) throw new AppError('not_found');
    return found;
  }

  return {
    place: (actor) => place(actor.id),

    actor: (id) => findDeviceActor(db, id),

    takeRenewal: (actor) => takeRenewal(db, actor.id, renewalDays),

    async keyUsed(id) {
      const revoked = await takePlace(db, id);
      for (const former of revoked ?? []) onRevoked?.(former);
      return revoked !== null;
    },

    async keptRoom(actor, id) {
      await keepRoom(actor, id);
      return await room(actor, id);
    },

    rooms: (actor, schoolId) => listRooms(db, { sight: sightOf(actor), ...(schoolId !== undefined && { schoolId }) }),

    async createRoom(actor, { schoolId, name }) {
      if (!mayKeep(actor, schoolId)) throw new AppError('forbidden');
      const made = db.transaction().execute(async (trx) => {
        const id = await insertRoom(trx, schoolId, name);
        await recordEvent(trx, 'room.created', { actor, id });
        return id;
      });
      return await room(actor, await made.catch(rethrow));
    },

    async renameRoom(actor, id, name) {
      await keepRoom(actor, id);
      const changed = db.transaction().execute(async (trx) => {
        await renameRoom(trx, id, name);
        await recordEvent(trx, 'room.changed', { actor, id });
      });
      await changed.catch(rethrow);
      return await room(actor, id);
    },

    async deleteRoom(actor, id) {
      await keepRoom(actor, id);
      const revoked = await db.transaction().execute(async (trx) => {
        const ids = await deleteRoom(trx, id);
        await recordEvent(trx, 'room.deleted', { actor, id });
        for (const deviceId of ids) await recordEvent(trx, 'device.revoked', { actor, id: deviceId });
        return ids;
      });
      for (const deviceId of revoked) onRevoked?.(deviceId);
    },

    async announce(actor, roomId, name) {
      await keepRoom(actor, roomId);
      const code = makeCode();
      const expiresAt = new Date(Date.now() + codeMs);
      const device = await db.transaction().execute(async (trx) => {
        if (!(await lockRoom(trx, roomId))) throw new AppError('not_found');
        if ((await countAnnounced(trx, roomId)) >= mostAnnounced) throw new AppError('limit_reached');
        const made = await insertDevice(trx, { roomId, name, codeHash: hashKey(code), expiresAt });
        await recordEvent(trx, 'device.announced', { actor, id: made.id });
        return made;
      });
      const enrolmentPath = `/room#${code}`;
      const enrolmentUrl = publicAddress === null ? null : new URL(enrolmentPath, publicAddress).href;
      return { device, code, enrolmentPath, enrolmentUrl, expiresAt: expiresAt.toISOString() };
    },

    async revoke(actor, id) {
      requireKeeping(actor, await locateDevice(db, id, sightOf(actor)));
      await db.transaction().execute(async (trx) => {
        await revokeDevice(trx, id);
        await recordEvent(trx, 'device.revoked', { actor, id });
      });
      onRevoked?.(id);
    },

    async enrol(code, address) {
      const subject = { purpose: 'enrolment', address } as const;
      await attempts.count(subject);
      const key = randomBytes(keyBytes).toString('base64url');
      const enrolled = await db.transaction().execute(async (trx) => {
        // Rooms before devices, in the order of whoever removes a room.
        const roomId = await findAnnouncedRoom(trx, hashKey(code));
        if (roomId === undefined || !(await lockRoom(trx, roomId))) return null;
        const announced = await lockAnnounced(trx, hashKey(code));
        if (announced === undefined) return null;
        // The device in use goes once this one comes with its key.
        const revoked = await revokeFormer(trx, roomId, 'to come');
        await enrol(trx, announced.id, hashKey(key));
        for (const former of revoked) await recordEvent(trx, 'device.revoked', { actor: null, id: former, address });
        await recordEvent(trx, 'device.enrolled', { actor: null, id: announced.id, address });
        return { id: announced.id, revoked };
      });
      if (enrolled === null) throw new AppError('enrolment_code_wrong');
      for (const former of enrolled.revoked) onRevoked?.(former);
      await attempts.forgive(subject);
      return { ...(await place(enrolled.id)), key };
    },
  };
}
