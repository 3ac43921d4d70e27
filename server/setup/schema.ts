import { z } from '@hono/zod-openapi';
import { loginSchema, passwordSchema, personNameSchema } from '../accounts/schema.ts';

/** Whether the installation still has no administrator. */
export const setUpAnswer = z.object({ needed: z.boolean() });

export const setUpBody = z.object({
  /** The part after `#` of the link that the server printed. */
  token: z.string().min(1).max(128),
  name: personNameSchema,
  login: loginSchema,
  password: passwordSchema,
});
export type SetUpBody = z.infer<typeof setUpBody>;
