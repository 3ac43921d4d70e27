import { z } from '@hono/zod-openapi';
import { getCookie } from 'hono/cookie';
import { type ClassSession, classSessionSchema, type DayChange, dayChangeSchema } from '../class-sessions/schema.ts';
import { cookieName, deviceCookie } from '../http/cookies.ts';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { timeSchema } from '../http/page.ts';
import { createRouter, type DeviceActor, defineRoute, deviceOf } from '../http/route.ts';
import type { RoomChecks } from './checks.ts';
import { sendDeviceKey } from './device-cookie.ts';
import { placeSchema } from './schema.ts';
import type { DeviceService } from './service.ts';

export interface TodayRouteServices {
  devices: Pick<DeviceService, 'place' | 'takeRenewal'>;
  roomChecks: Pick<RoomChecks, 'askedAt'>;
  classSessions: {
    /** The sessions of that day that the device's room takes part in. */
    sessionsOfRoomToday(actor: DeviceActor, now: Date): Promise<ClassSession[]>;
    /** Those that were to be that day, and are not, or not then. */
    changesOfRoomToday(actor: DeviceActor, now: Date): Promise<DayChange[]>;
  };
}

const todayAnswer = placeSchema.extend({
  now: timeSchema,
  sessions: z.array(classSessionSchema),
  /** Somebody wants the device to check itself. */
  checkAskedAt: timeSchema.nullable(),
  changes: z.array(dayChangeSchema),
});

export function todayRoutes({ devices, classSessions, roomChecks }: TodayRouteServices) {
  return createRouter().openapi(
    defineRoute('device', {
      method: 'get',
      path: '/device/today',
      summary: "The room's sessions of today, and the server's time to count down by",
      tags: ['device'],
      responses: { 200: jsonAnswer('Today', todayAnswer), default: problemAnswer('not_signed_in', 'forbidden') },
    }),
    async (c) => {
      const actor = deviceOf(c.get('actor'));
      const now = new Date();
      const [place, sessions, changes, askedAt] = await Promise.all([
        devices.place(actor),
        classSessions.sessionsOfRoomToday(actor, now),
        classSessions.changesOfRoomToday(actor, now),
        roomChecks.askedAt(actor),
      ]);
      const key = getCookie(c, cookieName(deviceCookie, c.get('client').secure));
      if (key !== undefined && (await devices.takeRenewal(actor))) sendDeviceKey(c, key);
      const checkAskedAt = askedAt?.toISOString() ?? null;
      return c.json({ now: now.toISOString(), ...place, sessions, changes, checkAskedAt }, 200);
    },
  );
}
