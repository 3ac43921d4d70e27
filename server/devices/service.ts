import { randomBytes, randomInt } from 'node:crypto';
import type { Attempts } from '../accounts/attempts.ts';
import type { Database } from '../database/database.ts';
import { violatedReference, violatedUnique } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import { hashKey } from '../http/cookies.ts';
import type { AccountActor, DeviceActor } from '../http/route.ts';
import { mayKeep, requireKeeping } from './policy.ts';
import {
  deleteRoom,
  enrol,
  findPlace,
  insertDevice,
  insertRoom,
  listRooms,
  locateDevice,
  locateRoom,
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
  /** Announces a device; whoever enters the code within half an hour is that device. */
  announce(actor: AccountActor, roomId: string, name: string): Promise<NewDevice>;
  /** Ends a device's access at once. */
  revoke(actor: AccountActor, id: string): Promise<void>;
  /** @throws AppError `enrolment_code_wrong`, `too_many_attempts` */
  enrol(code: string, address: string): Promise<DevicePlace & { key: string }>;
  /** Where a device stands. */
  place(actor: DeviceActor): Promise<DevicePlace>;
}

const codeLength = 8;
const codeMs = 30 * 60 * 1000;
// Without 0 O 1 I L, which people confuse: 31^8 codes are 39.6 bits, enough for half an hour of limited guessing.
const codeLetters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const keyBytes = 32;

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

    rooms: (actor, schoolId) => listRooms(db, { sight: sightOf(actor), ...(schoolId !== undefined && { schoolId }) }),

    async createRoom(actor, { schoolId, name }) {
      if (!mayKeep(actor, schoolId)) throw new AppError('forbidden');
      return await room(actor, await insertRoom(db, schoolId, name).catch(rethrow));
    },

    async renameRoom(actor, id, name) {
      await keepRoom(actor, id);
      await renameRoom(db, id, name).catch(rethrow);
      return await room(actor, id);
    },

    async deleteRoom(actor, id) {
      await keepRoom(actor, id);
      await db.transaction().execute((trx) => deleteRoom(trx, id));
    },

    async announce(actor, roomId, name) {
      await keepRoom(actor, roomId);
      const code = makeCode();
      const expiresAt = new Date(Date.now() + codeMs);
      const device = await insertDevice(db, { roomId, name, codeHash: hashKey(code), expiresAt });
      const enrolmentPath = `/room#${code}`;
      const enrolmentUrl = publicAddress === null ? null : new URL(enrolmentPath, publicAddress).href;
      return { device, code, enrolmentPath, enrolmentUrl, expiresAt: expiresAt.toISOString() };
    },

    async revoke(actor, id) {
      requireKeeping(actor, await locateDevice(db, id, sightOf(actor)));
      await revokeDevice(db, id);
      onRevoked?.(id);
    },

    async enrol(code, address) {
      const subject = { purpose: 'enrolment', address } as const;
      await attempts.count(subject);
      const key = randomBytes(keyBytes).toString('base64url');
      const id = await enrol(db, hashKey(code), hashKey(key));
      if (id === undefined) throw new AppError('enrolment_code_wrong');
      await attempts.forgive(subject);
      return { ...(await place(id)), key };
    },
  };
}
