import { AppError } from '../errors.ts';
import type { DeviceActor } from '../http/route.ts';
import { readCode, signCode } from './assistant-code.ts';
import type { AssistantInvitation, AssistantJoin, ClassSession } from './schema.ts';

/** The screen shows a new one in time; a photograph of it is soon worth nothing. */
const invitationMs = 10 * 60_000;
/** Lessons run over. */
const passAfterEndMs = 2 * 60 * 60_000;

export interface AssistantOptions {
  /** Of a device that has its access; else null. */
  deviceActor(deviceId: string): Promise<DeviceActor | null>;
  /** At least 32 bytes. */
  secret: Uint8Array;
  classroomUrl: string;
  /** Where this server is reached from outside, if that is known. */
  publicAddress?: string | null;
  /** A session that the device may see. @throws AppError `not_found` */
  read(device: DeviceActor, id: string): Promise<ClassSession>;
  /** A token for the classroom. @throws AppError `session_already_over`, `session_not_live` */
  admit(device: DeviceActor, id: string): Promise<string>;
}

/** A phone in the room that raises the hand, counts heads and writes to the presenter: it comes in by a code on the room's screen. */
export function createAssistants(options: AssistantOptions) {
  const { deviceActor, secret, classroomUrl, publicAddress = null, read, admit } = options;
  const origin = publicAddress === null ? null : new URL(publicAddress).origin;
  return {
    /** @throws AppError `not_found`, `session_already_over` */
    async invite(device: DeviceActor, id: string): Promise<AssistantInvitation> {
      const { state } = await read(device, id);
      if (state !== 'scheduled' && state !== 'live') throw new AppError('session_already_over');
      const expiresAt = new Date(Date.now() + invitationMs);
      const code = signCode('invitation', { classSessionId: id, deviceId: device.id }, expiresAt, secret);
      return { code, origin, expiresAt: expiresAt.toISOString() };
    },

    /**
     * The room's device is asked for again, so that with its key its assistants are out, too.
     * @throws AppError `invitation_invalid`, `session_already_over`, `session_not_live`
     */
    async join(code: string, address?: string): Promise<AssistantJoin> {
      const { classSessionId, deviceId } = readCode(code, secret);
      const knownAt = Date.now();
      const found = await deviceActor(deviceId);
      if (!found) throw new AppError('invitation_invalid');
      const device: DeviceActor = { ...found, knownAt, ...(address !== undefined && { address }) };
      const session = await read(device, classSessionId).catch((cause: unknown) => {
        // The room was taken out of the lesson.
        throw cause instanceof AppError && cause.code === 'not_found'
          ? new AppError('invitation_invalid', { cause })
          : cause;
      });
      const room = session.rooms.find(({ id }) => id === device.roomId);
      if (!room) throw new AppError('invitation_invalid');
      const token = await admit(device, classSessionId);
      const expiresAt = new Date(Math.max(Date.now(), Date.parse(session.scheduledEnd)) + passAfterEndMs);
      const pass = signCode('pass', { classSessionId, deviceId }, expiresAt, secret);
      const { id, title, presenter, school } = session;
      return { token, url: classroomUrl, pass, session: { id, title, presenter, school }, room };
    },
  };
}
