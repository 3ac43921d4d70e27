import { z } from '@hono/zod-openapi';
import type { ErrorCode } from '../errors.ts';
import { problemSchema } from './problem.ts';

/** A JSON body that must be there; without `required` an absent one would pass unread. */
export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

/** A table as people keep it: text with tabs or commas in whatever encoding, or a workbook. It is read as bytes. */
export const tableBody = {
  required: true,
  content: {
    'text/tab-separated-values': { schema: z.string() },
    'text/csv': { schema: z.string() },
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: z.string() },
  },
};

export function jsonAnswer<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { 'application/json': { schema } } } as const;
}

/** The answer to whatever is refused or fails. */
export function problemAnswer(...codes: ErrorCode[]) {
  const description = codes.length > 0 ? `Refused: ${codes.join(', ')}` : 'Refused or failed';
  return { description, content: { 'application/problem+json': { schema: problemSchema } } } as const;
}
