import { z } from '@hono/zod-openapi';
import { placeSchema } from '../devices/schema.ts';
import { idSchema, namedSchema, pageOf, pageQuery, timeSchema } from '../http/page.ts';
import { roles } from '../http/route.ts';
import { allianceSchema } from '../schools/schema.ts';
import { readPhone } from './phone.ts';

/** Signing-in name: begins with a letter, so that it can never be taken for a phone number. Case and full width are ignored. */
export const loginSchema = z
  .string()
  .normalize('NFKC')
  .trim()
  .toLowerCase()
  .regex(/^[a-z][a-z0-9._-]{2,31}$/, '3 to 32 letters, digits, dots, dashes or underscores, beginning with a letter')
  .openapi({ example: 'chinese-teacher-1' });

/**
 * As people write it, such as 138 0013 8000; read as E.164. A country code is needed outside China. What is no number is told
 * here, so that it is told together with all else that is wrong.
 */
export const phoneSchema = z
  .string()
  .trim()
  .min(5)
  .max(32)
  .transform((text, context) => {
    const phone = readPhone(text);
    if (phone !== null) return phone;
    context.addIssue('is not a phone number');
    return z.NEVER;
  })
  .openapi({ example: '13800138000' });

export const personNameSchema = z.string().trim().min(1).max(64);
export const roleSchema = z.enum(roles);
/** Length only: the finer rules need the account that the password is for. */
export const passwordSchema = z.string().min(10).max(128);

export const accountSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    login: z.string(),
    /** E.164. */
    phone: z.string().nullable(),
    role: roleSchema,
    school: namedSchema.nullable(),
    /** The alliance that an `office` account works for. */
    alliance: namedSchema.nullable(),
    disabled: z.boolean(),
    createdAt: timeSchema,
  })
  .openapi('Account');
export type Account = z.infer<typeof accountSchema>;

export const accountAnswer = z.object({ account: accountSchema });

/** Who is signed in here: a person, or the machine of a room. */
export const meAnswer = z.object({
  actor: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('account'), account: accountSchema, alliances: z.array(allianceSchema) }),
    placeSchema.extend({ kind: z.literal('device') }),
  ]),
});
export type Me = z.infer<typeof meAnswer>['actor'];

export const signInBody = z.object({
  /** Signing-in name or phone number; Chinese input methods write both in full width until they are told not to. */
  login: z.string().normalize('NFKC').trim().min(1).max(64),
  password: z.string().min(1).max(128),
});
export type SignInBody = z.infer<typeof signInBody>;

export const passwordChangeBody = z.object({ current: z.string().min(1).max(128), next: passwordSchema });
export type PasswordChangeBody = z.infer<typeof passwordChangeBody>;

export const accountQuery = pageQuery.extend({
  schoolId: idSchema.optional(),
  /** Part of a name, a signing-in name or a phone number. */
  q: z.string().normalize('NFKC').trim().max(64).optional(),
});
export type AccountQuery = z.infer<typeof accountQuery>;
export const accountPage = pageOf(accountSchema);

const school = idSchema.nullable().openapi({ description: 'Needed for teacher, operator and principal.' });
const alliance = idSchema.nullable().openapi({ description: 'Needed for office.' });

export const newAccountBody = z.object({
  name: personNameSchema,
  login: loginSchema,
  phone: phoneSchema.nullable().optional(),
  role: roleSchema,
  schoolId: school.optional(),
  allianceId: alliance.optional(),
});
export type NewAccountBody = z.infer<typeof newAccountBody>;

/** The password is shown once, to whoever made the account, and is meant to be changed by its owner. */
export const newAccountAnswer = z.object({ account: accountSchema, initialPassword: z.string() });
export const initialPasswordAnswer = z.object({ initialPassword: z.string() });

export const accountPatch = z
  .object({
    name: personNameSchema,
    login: loginSchema,
    phone: phoneSchema.nullable(),
    role: roleSchema,
    schoolId: school,
    allianceId: alliance,
    disabled: z.boolean(),
  })
  .partial();
export type AccountPatch = z.infer<typeof accountPatch>;
