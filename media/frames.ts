import { z } from 'zod';
import { count } from './room-state.ts';

/** The three kinds of frames of the wire, whatever they carry; what that is, is in protocol.ts. */

export const errorCodes = [
  'token_invalid',
  'token_expired',
  'token_used',
  'resume_unknown',
  'not_joined',
  'already_joined',
  'bad_request',
  'method_not_allowed',
  'source_not_allowed',
  'not_on_stage',
  'stage_full',
  'page_ink_full',
  'lesson_ink_full',
  'muted_by_presenter',
  'session_not_open',
  'session_ended',
  'not_found',
  'too_many_requests',
  'media_unavailable',
  'internal',
] as const;
export const errorCode = z.enum(errorCodes);
export type ClassroomErrorCode = z.infer<typeof errorCode>;

/** Client → node. `data` is parsed with `requests[method].data`. */
export const requestFrame = z.object({
  type: z.literal('request'),
  id: z.number().int().nonnegative(),
  method: z.string().max(64),
  data: z.unknown(),
});
export type RequestFrame = z.infer<typeof requestFrame>;

export const responseFrame = z.discriminatedUnion('ok', [
  z.object({ type: z.literal('response'), id: z.number().int(), ok: z.literal(true), data: z.unknown() }),
  z.object({
    type: z.literal('response'),
    id: z.number().int(),
    ok: z.literal(false),
    error: z.object({
      code: errorCode,
      /** The like HTTP status: 400, 401, 403, 404, 409, 429, 500, 503. */
      status: z.number().int(),
    }),
  }),
]);
export type ResponseFrame = z.infer<typeof responseFrame>;

export const notificationFrame = z.object({
  type: z.literal('notification'),
  seq: count.nullable(),
  method: z.string().max(64),
  data: z.unknown(),
});
export type NotificationFrame = z.infer<typeof notificationFrame>;

/** Node → client. `data` is parsed with `requests[method].answer` or `notifications[method]`. */
export const serverFrame = z.union([responseFrame, notificationFrame]);
export type ServerFrame = z.infer<typeof serverFrame>;
