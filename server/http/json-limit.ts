import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { AppError } from '../errors.ts';
import type { Env } from './route.ts';

const jsonBytes = 1024 * 1024;
const importBytes = 32 * 1024 * 1024;

/** Uploads are streams with a limit of their own; tables that are imported are larger than what people type. */
export function limitBodies() {
  const tooLarge = () => {
    throw new AppError('body_too_large');
  };
  const small = bodyLimit({ maxSize: jsonBytes, onError: tooLarge });
  const large = bodyLimit({ maxSize: importBytes, onError: tooLarge });
  return createMiddleware<Env>(async (c, next) => {
    if (c.req.path.startsWith('/api/uploads')) return next();
    return (c.req.path.endsWith('/import') ? large : small)(c, next);
  });
}
