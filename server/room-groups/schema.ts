import { z } from '@hono/zod-openapi';
import { idSchema, listOf, namedSchema } from '../http/page.ts';

const name = z.string().trim().min(1).max(60);
const roomIds = z
  .array(idSchema)
  .min(1)
  .max(200)
  .refine((ids) => new Set(ids).size === ids.length, { error: 'names a room twice' });

export const roomGroupSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    /** Who saved it. */
    owner: namedSchema,
    /** Those that still are in the alliance. */
    roomIds: z.array(idSchema),
    /** Whether the reader may change and remove it. */
    mayKeep: z.boolean(),
  })
  .openapi('RoomGroup');
export type RoomGroup = z.output<typeof roomGroupSchema>;
export const roomGroupList = listOf(roomGroupSchema);
export const roomGroupBody = z.object({ name, roomIds });
export type RoomGroupInput = z.output<typeof roomGroupBody>;
