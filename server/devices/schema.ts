import { z } from '@hono/zod-openapi';
import { idSchema, listOf, namedSchema, timeSchema } from '../http/page.ts';

export const roomNameSchema = z.string().trim().min(1).max(64);

/** A room's machine. It counts as enrolled from `enrolledAt` until `revokedAt`. */
export const deviceSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    roomId: idSchema,
    enrolledAt: timeSchema.nullable(),
    lastSeenAt: timeSchema.nullable(),
    revokedAt: timeSchema.nullable(),
  })
  .openapi('Device');
export type Device = z.infer<typeof deviceSchema>;

export const roomSchema = z
  .object({ id: idSchema, name: z.string(), school: namedSchema, devices: z.array(deviceSchema) })
  .openapi('Room');
export type Room = z.infer<typeof roomSchema>;

/** What a device is told about where it stands. */
export const placeSchema = z.object({
  device: deviceSchema,
  room: z.object({ id: idSchema, name: z.string(), school: namedSchema }),
  school: namedSchema,
});
export type DevicePlace = z.infer<typeof placeSchema>;

export const roomQuery = z.object({ schoolId: idSchema.optional() });
export const roomBody = z.object({ schoolId: idSchema, name: roomNameSchema });
export const roomPatch = z.object({ name: roomNameSchema });
export const roomAnswer = z.object({ room: roomSchema });
export const roomList = listOf(roomSchema);

export const newDeviceBody = z.object({ name: roomNameSchema });
export const newDeviceAnswer = z.object({
  device: deviceSchema,
  /** Shown once. Eight letters and digits that cannot be mistaken for each other, good for one enrolment. */
  code: z.string().openapi({ example: 'K7QX3MPA' }),
  /** Opening this path on the room's machine enrols it without typing. */
  enrolmentPath: z.string().openapi({ example: '/room#K7QX3MPA' }),
  /** The same with the address under which other machines reach this server; null where it is known to none. */
  enrolmentUrl: z.string().nullable().openapi({ example: 'https://tongke.example.edu.cn/room#K7QX3MPA' }),
  expiresAt: timeSchema,
});
export type NewDevice = z.infer<typeof newDeviceAnswer>;

/** Case, spaces and dashes are ignored, because codes are also typed by hand. */
export const enrolmentBody = z.object({
  code: z
    .string()
    .max(32)
    .transform((code) => code.replaceAll(/[\s-]/g, '').toUpperCase())
    .pipe(z.string().min(1)),
});
