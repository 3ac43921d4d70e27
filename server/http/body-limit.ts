import type { HttpBindings } from '@hono/node-server';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../errors.ts';

/** What people type, in a form or a document's captions. */
export const usualBytes = 1024 * 1024;
/** Of who has not shown who it is: a name and a password, or a code. */
export const strangersBytes = 16 * 1024;
/** Tables that are imported are larger. */
export const importBytes = 32 * 1024 * 1024;

/** On the slowest line that lessons are made for (64 kbit/s) half of it is left for others. */
const slowestBytesPerMs = 4;
const beginsWithinMs = 30_000;

/**
 * Takes a body up to this size. One that does not tell its length is held in memory as far as that, so this comes after the
 * question who asks.
 *
 * @param withinMs who has not sent it by then only holds on to the socket, and is cut off
 */
export function limitBody(maxSize: number, withinMs = beginsWithinMs + maxSize / slowestBytesPerMs) {
  const take = bodyLimit({
    maxSize,
    onError() {
      throw new AppError('body_too_large');
    },
  });
  return createMiddleware(async (c, next) => {
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
    if (incoming === undefined || c.req.raw.body === null) return await take(c, next);
    const late = setTimeout(() => {
      if (!incoming.complete) incoming.destroy();
    }, withinMs);
    try {
      return await take(c, next);
    } finally {
      clearTimeout(late);
    }
  });
}
