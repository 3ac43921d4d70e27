import { z } from '@hono/zod-openapi';
import { defineJob } from '../jobs/definition.ts';

export const fileStates = ['uploaded', 'processing', 'ready', 'failed'] as const;
export type FileState = (typeof fileStates)[number];

/** Why a file has no preview. The original can be downloaded all the same. */
export const fileErrorCodes = [
  /** The server has no converter for it. */
  'preview_unavailable',
  /** The converter could not read it, or needed too much time or memory. */
  'preview_failed',
  'file_encrypted',
  /** The content is not what was announced. */
  'checksum_mismatch',
] as const;
export const fileErrorCodeSchema = z.enum(fileErrorCodes);
export type FileErrorCode = z.output<typeof fileErrorCodeSchema>;

export const fileSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    bytes: z.int(),
    /** Lower-case hex; known once the file has been processed. */
    sha256: z.string().nullable(),
    /** The declared type until the file has been processed, then what it really is. */
    mediaType: z.string(),
    state: z.enum(fileStates),
    errorCode: fileErrorCodeSchema.nullable(),
    /** Pages of a document whose images can be asked for. */
    pages: z.int().nullable(),
    durationMs: z.int().nullable(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    hasPoster: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .openapi('File');
export type File = z.output<typeof fileSchema>;

export const fileParams = z.object({ id: z.uuid() });
export const pageParams = fileParams.extend({ n: z.coerce.number().int().min(1).max(10_000) });

/** Widths in pixels that a preview can be asked for. */
export const pageWidths = ['320', '640', '1280'] as const;
export const thumbnailWidths = ['160', '320', '640'] as const;
const width = <W extends string>(widths: readonly [W, ...W[]], preset: W) =>
  z
    .enum(widths)
    .default(preset as never)
    .transform(Number);
export const pageQuery = z.object({ width: width(pageWidths, '1280') });
export const thumbnailQuery = z.object({ width: width(thumbnailWidths, '320') });

export const contentQuery = z.object({
  /** `inline` is only followed for types that are harmless in a browser. */
  disposition: z.enum(['attachment', 'inline']).default('attachment'),
  /** Given, the bytes come from this server even where an object store could serve them. */
  proxy: z.string().optional(),
});

const payload = z.object({ fileId: z.uuid() });

/** Makes out what a file really is, and its previews. */
export const processFileJob = defineJob({ name: 'file.process', payload, timeoutSeconds: 30 * 60, retryLimit: 3 });

/** Removes the objects of a deleted file, and then its row. */
export const eraseFileJob = defineJob({ name: 'file.erase', payload, retryLimit: 12 });

/** Deletes uploads that were never used. */
export const sweepFilesJob = defineJob({ name: 'files.sweep', payload: z.object({}), unique: true });
