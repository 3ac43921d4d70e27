import { z } from '@hono/zod-openapi';
import { idSchema, listOf } from '../http/page.ts';

const word = z
  .string()
  .trim()
  .min(1)
  .max(40)
  // Signs mean something to a search, or nothing at all.
  .regex(/^[\p{Letter}\p{Number}][\p{Letter}\p{Number}\s·+#-]*$/u, { error: 'may hold letters and digits only' })
  .transform((text) => text.replaceAll(/\s+/gu, ' '));

const words = z
  .array(word)
  .min(2)
  .max(20)
  .refine((list) => new Set(list.map((one) => one.toLowerCase())).size === list.length, {
    error: 'names a word twice',
  });

/** Words that find the same: 教案, 教学设计. */
export const synonymGroupSchema = z
  .object({ id: idSchema, words: z.array(z.string()), updatedAt: z.iso.datetime() })
  .openapi('SynonymGroup');
export type SynonymGroup = z.output<typeof synonymGroupSchema>;

export const synonymGroupBody = z.object({ words });
export const synonymGroupParams = z.object({ id: idSchema });
export const synonymGroupList = listOf(synonymGroupSchema);
