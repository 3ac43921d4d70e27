import { z } from '@hono/zod-openapi';
import { idSchema, namedSchema } from '../http/page.ts';
import { roleSchema } from './schema.ts';

/** Why no account is made of a line. */
export const listFaultCodes = [
  ...(['name_missing', 'name_too_long', 'phone_wrong', 'login_wrong', 'role_unknown', 'cell_error'] as const),
  ...(['school_missing', 'school_unknown', 'not_allowed', 'twice', 'login_taken', 'phone_taken'] as const),
] as const;
export type ListFaultCode = (typeof listFaultCodes)[number];

export const listQuery = z.object({
  schoolId: idSchema
    .optional()
    .openapi({ description: 'The school of lines that name none; an administrator says it.' }),
});

const listLineSchema = z
  .object({
    line: z.int(),
    name: z.string(),
    /** Made of the name's pinyin where the list has none. */
    login: z.string(),
    /** E.164. */
    phone: z.string().nullable(),
    role: roleSchema,
    school: namedSchema.nullable(),
    /** `present`: this person has an account already, which stays as it is. */
    outcome: z.enum(['new', 'present', 'fault']),
    fault: z.enum(listFaultCodes).nullable(),
    /** What else is wrong with the line, so that it is mended at once. */
    furtherFaults: z.array(z.enum(listFaultCodes)),
  })
  .openapi('StaffListLine');
export type StaffListLine = z.infer<typeof listLineSchema>;

export const listPreviewAnswer = z.object({ lines: z.array(listLineSchema) }).openapi('StaffListPreview');
export type StaffListPreview = z.infer<typeof listPreviewAnswer>;
