import { z } from '@hono/zod-openapi';
import { idSchema, namedSchema, pageOf, pageQuery, timeSchema } from '../http/page.ts';
import { actionNames } from '../trail/actions.ts';

const text = z.string().trim().min(1).max(100);

export const auditFilterSchema = z.object({
  /** From this moment on, and before that one. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  action: z.enum(actionNames).optional(),
  actorId: idSchema.optional(),
  /** A part of the name of a person or a device, or of a person's account. */
  actor: text.optional(),
  subjectId: idSchema.optional(),
  /** A part of the title. */
  subject: text.optional(),
  /** Of the actor or of the subject. */
  schoolId: idSchema.optional(),
});
export type AuditFilter = z.output<typeof auditFilterSchema>;

export const auditQuerySchema = auditFilterSchema.extend(pageQuery.shape);
export type AuditQuery = z.output<typeof auditQuerySchema>;

export const exportLanguages = ['zh-CN', 'en'] as const;
export type ExportLanguage = (typeof exportLanguages)[number];
export const auditExportSchema = auditFilterSchema.extend({ lang: z.enum(exportLanguages).default('zh-CN') });
export type AuditExport = z.output<typeof auditExportSchema>;

export const auditEventSchema = z
  .object({
    id: z.string(),
    at: timeSchema,
    /** One of the server's actions; older events may have others. */
    action: z.string(),
    /** Null: nobody who was signed in, or the server itself. */
    actor: z
      .object({
        kind: z.enum(['account', 'device']),
        id: idSchema,
        name: z.string(),
        school: namedSchema.nullable(),
      })
      .nullable(),
    subject: z.object({
      kind: z.string(),
      id: idSchema.nullable(),
      /** As it was then. */
      title: z.string(),
      school: namedSchema.nullable(),
    }),
    details: z.record(z.string(), z.unknown()),
    /** Null also where it is another school's. */
    ipAddress: z.string().nullable(),
  })
  .openapi('AuditEvent');
export type AuditEvent = z.output<typeof auditEventSchema>;

export const auditEventPage = pageOf(auditEventSchema);
