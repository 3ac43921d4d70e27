import { z } from '@hono/zod-openapi';
import { type ClassSession, classSessionSchema } from '../class-sessions/schema.ts';
import { jsonAnswer, problemAnswer } from '../http/json.ts';
import { timeSchema } from '../http/page.ts';
import { createRouter, type DeviceActor, defineRoute, deviceOf } from '../http/route.ts';
import { placeSchema } from './schema.ts';
import type { DeviceService } from './service.ts';

export interface TodayRouteServices {
  devices: Pick<DeviceService, 'place'>;
  classSessions: {
    /** The sessions of that day that the device's room takes part in. */
    sessionsOfRoomToday(actor: DeviceActor, now: Date): Promise<ClassSession[]>;
  };
}

const todayAnswer = placeSchema.extend({ now: timeSchema, sessions: z.array(classSessionSchema) });

export function todayRoutes({ devices, classSessions }: TodayRouteServices) {
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
      const [place, sessions] = await Promise.all([
        devices.place(actor),
        classSessions.sessionsOfRoomToday(actor, now),
      ]);
      return c.json({ now: now.toISOString(), ...place, sessions }, 200);
    },
  );
}
