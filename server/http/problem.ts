import { z } from '@hono/zod-openapi';
import { errorCodes } from '../errors.ts';

/** Every refusal and failure has this form (RFC 9457) and the media type application/problem+json. */
export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:tongke:problem:not_found' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(errorCodes),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** Of `quota_exceeded`, in bytes. */
    quota: z.object({ used: z.int(), limit: z.int(), needed: z.int() }).optional(),
    requestId: z.string(),
  })
  .openapi('Problem');

export type Problem = z.infer<typeof problemSchema>;
