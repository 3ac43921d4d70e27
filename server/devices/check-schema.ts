import { z } from '@hono/zod-openapi';
import { idSchema, listOf, namedSchema, timeSchema } from '../http/page.ts';

/** Why a camera or a microphone cannot be used. */
const deviceFaults = ['missing', 'denied', 'busy', 'insecure'] as const;
const label = z.string().max(200).nullable();
const milliseconds = z.number().nonnegative().max(60_000).nullable();
/** 0 to 1. */
const share = z.number().min(0).max(1).nullable();
const kbps = z.number().nonnegative().max(1e7).nullable();
const pixels = z.number().int().positive().max(16_384).nullable();

/** One way for a picture to travel to the media node and back. */
const pathSchema = z.object({
  reachable: z.boolean(),
  rttMs: milliseconds,
  /** Lost on the way to the node, and on the way back. */
  lossUp: share,
  lossDown: share,
});

/** What a room's machine found. Judgements are left to whoever shows it. */
export const foundSchema = z
  .object({
    camera: z.object({
      /** `dark`: it gives a picture, and that is black. */
      state: z.enum(['ok', 'dark', ...deviceFaults]),
      name: label,
      width: pixels,
      height: pixels,
    }),
    microphone: z.object({
      /** `silent`: it gives no sound at all, not even noise. */
      state: z.enum(['ok', 'silent', ...deviceFaults]),
      name: label,
      levelDb: z.number().min(-200).max(0).nullable(),
    }),
    /** `blocked`: the browser lets no page make sound. `unknown`: there is no microphone to hear it by. */
    loudspeaker: z.object({ state: z.enum(['heard', 'not_heard', 'blocked', 'unknown']) }),
    link: z.object({
      udp: pathSchema,
      tcp: pathSchema,
      /** Null: no TURN server is set. */
      relay: pathSchema.nullable(),
      downKbps: kbps,
      upKbps: kbps,
    }),
  })
  .openapi('RoomCheckFound');
export type Found = z.infer<typeof foundSchema>;

export const checkReasonSchema = z.enum(['power_on', 'before_lesson', 'asked']);
export const checkBody = z.object({ reason: checkReasonSchema, found: foundSchema });
export type CheckBody = z.infer<typeof checkBody>;

export const roomCheckSchema = z
  .object({
    room: namedSchema.extend({ school: namedSchema }),
    /** When its device was last heard of; null without a device. */
    seenAt: timeSchema.nullable(),
    /** Of a check that is still to come. */
    askedAt: timeSchema.nullable(),
    last: checkBody.extend({ at: timeSchema }).nullable(),
  })
  .openapi('RoomCheck');
export type RoomCheck = z.infer<typeof roomCheckSchema>;
export const roomCheckList = listOf(roomCheckSchema);

export const roomCheckQuery = z.object({ schoolId: idSchema.optional() });

/** How a room's machine measures its link. */
export const linkCheckAnswer = z.object({
  /** Good for opening one probe during the next 60 seconds. */
  token: z.string(),
  /** Where, as an address or as a path on this server. */
  url: z.string(),
});
export const bytesQuery = z.object({
  /** How many: enough for a fast line, and bounded. */
  n: z.coerce
    .number()
    .int()
    .min(1)
    .max(4 * 1024 * 1024),
});
