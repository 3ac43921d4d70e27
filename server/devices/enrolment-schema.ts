import { z } from '@hono/zod-openapi';
import { idSchema, timeSchema } from '../http/page.ts';
import { deviceSchema, placeSchema, roomNameSchema, roomSchema } from './schema.ts';

/** Names of both answers are those of RFC 8628, so that a reader of the RFC finds them again. */
export const authorizationBody = z.object({
  /** Of the screen, in pixels: helps whoever confirms to tell it from others. */
  screen: z
    .object({ width: z.number().int().min(1).max(100_000), height: z.number().int().min(1).max(100_000) })
    .optional(),
});
export type AuthorizationBody = z.infer<typeof authorizationBody>;

export const authorizationAnswer = z
  .object({
    /** The screen's own secret: who has it gets the key. */
    device_code: z.string(),
    user_code: z.string().openapi({ example: 'WDJB-MJHT' }),
    verification_uri: z.url().openapi({ example: 'https://tongke.example.edu.cn/enrol' }),
    verification_uri_complete: z.url().openapi({ example: 'https://tongke.example.edu.cn/enrol?code=WDJB-MJHT' }),
    /** Seconds. */
    expires_in: z.int(),
    /** Seconds between two questions for the key. */
    interval: z.int(),
  })
  .openapi('DeviceAuthorization');
export type Authorization = z.infer<typeof authorizationAnswer>;

export const tokenBody = z.object({ device_code: z.string().min(1).max(128) });
export const tokenAnswer = placeSchema.openapi('EnrolledDevice');

/** Case, width, spaces and dashes do not matter: the code is read from a screen and typed on a phone. */
export const userCodeParameter = z.object({
  userCode: z
    .string()
    .max(32)
    .normalize('NFKC')
    .transform((code) => code.replaceAll(/[^A-Za-z]/g, '').toUpperCase())
    .pipe(z.string().min(1))
    .openapi({ type: 'string', example: 'WDJB-MJHT' }),
});

/** Who is asking, for whoever decides. */
export const requestAnswer = z
  .object({
    userCode: z.string(),
    /** The User-Agent of the screen's browser. */
    browser: z.string(),
    screen: z.string().nullable().openapi({ example: '1920×1080' }),
    /** IP address that it asked from. */
    address: z.string(),
    askedAt: timeSchema,
    expiresAt: timeSchema,
  })
  .openapi('EnrolmentRequest');
export type EnrolmentRequest = z.infer<typeof requestAnswer>;

export const confirmationBody = z.object({ roomId: idSchema, name: roomNameSchema });
export const confirmationAnswer = z.object({
  room: roomSchema,
  /** The room's device until now: it loses its access as soon as the new one has its key. */
  replaces: deviceSchema.nullable(),
});
export type Confirmation = z.infer<typeof confirmationAnswer>;
