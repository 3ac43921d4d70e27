import { randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';
import type { AccountActor, Actor, DeviceActor } from '../http/route.ts';
import { askForCheck, checkAskedAt, listChecks, saveCheck } from './check-repository.ts';
import type { CheckBody, RoomCheck } from './check-schema.ts';

/** What rooms found out about their devices and their line, for those who can do something about it. */
export interface RoomChecks {
  /** Of the rooms in sight. */
  list(actor: AccountActor, schoolId?: string): Promise<RoomCheck[]>;
  /** Of the rooms of a class session. @throws AppError `not_found` */
  ofSession(actor: Actor, classSessionId: string): Promise<RoomCheck[]>;
  /** The room's device checks as soon as it asks again. @throws AppError `not_found`, `forbidden` */
  ask(actor: AccountActor, roomId: string): Promise<void>;
  askedAt(actor: DeviceActor): Promise<Date | null>;
  report(actor: DeviceActor, check: CheckBody): Promise<void>;
  /** Where and by which right the device measures its link. */
  openLink(actor: DeviceActor): Promise<{ token: string; url: string }>;
  /** Bytes that no proxy can make smaller. */
  noise(bytes: number): ReadableStream<Uint8Array<ArrayBuffer>>;
}

export interface RoomChecksOptions {
  db: Database;
  classroomUrl: string;
  roomsInSight(actor: AccountActor, schoolId?: string): Promise<{ id: string }[]>;
  roomsOfSession(actor: Actor, classSessionId: string): Promise<{ id: string }[]>;
  /** @throws AppError `not_found`, `forbidden` */
  keptRoom(actor: AccountActor, roomId: string): Promise<unknown>;
  signProbeToken(claims: { deviceId: string }): Promise<string>;
}

const pieceBytes = 64 * 1024;

export function createRoomChecks(options: RoomChecksOptions): RoomChecks {
  const { db, classroomUrl } = options;
  const idsOf = (rooms: readonly { id: string }[]) => rooms.map(({ id }) => id);

  return {
    async list(actor, schoolId) {
      return await listChecks(db, idsOf(await options.roomsInSight(actor, schoolId)));
    },

    async ofSession(actor, classSessionId) {
      return await listChecks(db, idsOf(await options.roomsOfSession(actor, classSessionId)));
    },

    async ask(actor, roomId) {
      await options.keptRoom(actor, roomId);
      await askForCheck(db, roomId);
    },

    askedAt: (actor) => checkAskedAt(db, actor.roomId),
    report: (actor, check) => saveCheck(db, actor, check),

    async openLink(actor) {
      return { token: await options.signProbeToken({ deviceId: actor.id }), url: classroomUrl };
    },

    noise(bytes) {
      let left = bytes;
      return new ReadableStream({
        pull(controller) {
          const piece = randomBytes(Math.min(left, pieceBytes));
          left -= piece.length;
          controller.enqueue(new Uint8Array(piece));
          if (left === 0) controller.close();
        },
      });
    },
  };
}
