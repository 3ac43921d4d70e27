import { signProbeToken } from '../media/index.ts';
import type { Attempts } from './accounts/attempts.ts';
import type { ClassSessionService } from './class-sessions/service.ts';
import type { Database } from './database/database.ts';
import { createRoomChecks } from './devices/checks.ts';
import { createEnrolment } from './devices/enrolment.ts';
import { createDeviceService } from './devices/service.ts';

export interface RoomMachineOptions {
  db: Database;
  attempts: Attempts;
  publicAddress: string | null;
  classroomUrl: string;
  /** Of the tokens by which a machine measures its line. */
  tokenSecret: Uint8Array;
  classSessions: Pick<ClassSessionService, 'get'>;
  /** Its access has ended: wherever it takes part, it is put out. */
  onRevoked(deviceId: string): void;
}

/** The machines of the rooms: how they come in, and what they find out about themselves. */
export function createRoomMachines(options: RoomMachineOptions) {
  const { db, classroomUrl, tokenSecret, classSessions, ...enrolling } = options;
  const devices = createDeviceService({ db, ...enrolling });
  return {
    devices,
    enrolment: createEnrolment({
      db,
      ...enrolling,
      keptRoom: (actor, roomId) => devices.keptRoom(actor, roomId),
      placeOf: (id) => devices.place({ id }),
    }),
    roomChecks: createRoomChecks({
      db,
      classroomUrl,
      roomsInSight: (actor, schoolId) => devices.rooms(actor, schoolId),
      roomsOfSession: async (actor, id) => (await classSessions.get(actor, id)).rooms,
      keptRoom: (actor, roomId) => devices.keptRoom(actor, roomId),
      signProbeToken: (claims) => signProbeToken(claims, tokenSecret),
    }),
  };
}
