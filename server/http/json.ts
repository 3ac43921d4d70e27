import type { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { problemSchema } from './problem.ts';

/** A JSON body that must be there; without `required` an absent one would pass unread. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

export function jsonAnswer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } } as const;
}

/** The answer to whatever is refused or fails. */
export function problemAnswer(...codes: ErrorCode[]) {
  const description = codes.length > 0 ? `Refused: ${codes.join(', ')}` : 'Refused or failed';
  return { description, content: { 'application/problem+json': { schema: problemSchema } } } as const;
}
