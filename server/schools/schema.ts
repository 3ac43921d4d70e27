import { z } from '@hono/zod-openapi';
import { idSchema, listOf } from '../http/page.ts';

export const schoolNameSchema = z.string().trim().min(1).max(120);

export const schoolSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    /** In lists, and for administrators only. */
    storage: z
      .object({
        /** Of original files, those on their way among them. */
        usedBytes: z.int(),
        /** Null: no limit. */
        quotaBytes: z.int().nullable(),
      })
      .optional(),
  })
  .openapi('School');
export type School = z.infer<typeof schoolSchema>;

/** `led` 领办型, `remote` "5G+"型, `mutual` 互促型. */
export const allianceKindSchema = z.enum(['led', 'remote', 'mutual']);
/** An alliance has one lead school at most. */
export const memberRoleSchema = z.enum(['lead', 'member']);

export const allianceSchema = z
  .object({
    id: idSchema,
    name: z.string(),
    kind: allianceKindSchema,
    /** The lead school first, then by name. */
    schools: z.array(z.object({ id: idSchema, name: z.string(), role: memberRoleSchema })),
  })
  .openapi('Alliance');
export type Alliance = z.infer<typeof allianceSchema>;

export const schoolBody = z.object({ name: schoolNameSchema });
export const schoolPatch = z
  .object({
    name: schoolNameSchema,
    quotaBytes: z.int().min(0).nullable().openapi({ description: 'Null: no limit.' }),
  })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, { error: 'names nothing to change' });
export type SchoolPatch = z.infer<typeof schoolPatch>;
export const allianceBody = z.object({ name: schoolNameSchema, kind: allianceKindSchema });
export const memberBody = z.object({ role: memberRoleSchema });
export const memberParameters = z.object({ id: idSchema, schoolId: idSchema });

export const schoolAnswer = z.object({ school: schoolSchema });
export const schoolList = listOf(schoolSchema);
export const allianceAnswer = z.object({ alliance: allianceSchema });
export const allianceList = listOf(allianceSchema);
