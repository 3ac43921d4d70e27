import { z } from '@hono/zod-openapi';
import { AppError } from '../errors.ts';

/** An identifier made by the database: a UUID, version 7. */
export const idSchema = z.uuid().openapi({ example: '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21' });

/** A moment as ISO 8601 in UTC. */
export const timeSchema = z.iso.datetime().openapi({ example: '2026-09-01T00:30:00.000Z' });

/** What is named beside another thing: enough to show it and to link to it. */
export const namedSchema = z.object({ id: idSchema, name: z.string() });
export type Named = z.infer<typeof namedSchema>;

/** The part of a list that is asked for. The cursor is the one that the previous part came with. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(512).optional(),
});

/** One part of a list; `nextCursor` is null at the end. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A list that is always short enough to be given whole. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item) });
}

/** A cursor holds the sort key of the last row that was given, so that rows added meanwhile shift nothing. */
export function writeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Reads a cursor of a list that is sorted by such keys.
 * @throws AppError `invalid_input` for anything that writeCursor did not make.
 */
export function readCursor<K>(cursor: string, key: z.ZodType<K>): K {
  try {
    return key.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('invalid_input', {
      cause,
      errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    });
  }
}
