import { z } from '@hono/zod-openapi';
import { defineJob } from '../jobs/definition.ts';

export const fileStates = ['uploaded', 'processing', 'ready', 'failed'] as const;
export type FileState = (typeof fileStates)[number];

/** Why a file has no preview. The original can be downloaded all the same, unless it is infected. */
export const fileErrorCodes = [
  /** The server has no converter for it. */
  'preview_unavailable',
  /** The converter could not read it. */
  'preview_failed',
  /** It needs more time, memory or room than one file may take. */
  'file_too_complex',
  /** It is built to do harm: to unpack without end, to read other files, to hide what it is. */
  'file_suspicious',
  'file_encrypted',
  /** The virus scanner found something: nobody is given the original either. */
  'file_infected',
  /** The virus scanner cannot say anything of it: it stays withheld. */
  'file_unscannable',
  /** The content is not what was announced. */
  'checksum_mismatch',
] as const;
export const fileErrorCodeSchema = z.enum(fileErrorCodes);
export type FileErrorCode = z.output<typeof fileErrorCodeSchema>;

/** What is being done with a file. */
export const fileSteps = ['waiting_for_scan', 'reading', 'converting', 'drawing'] as const;
export const fileProgressSchema = z
  .object({
    step: z.enum(fileSteps),
    /** Of `total`, such as pages; null where the step cannot be counted. */
    done: z.int().nullable(),
    total: z.int().nullable(),
  })
  .openapi('FileProgress');
export type FileProgress = z.output<typeof fileProgressSchema>;

/**
 * What the virus scanner said: nothing yet, nothing bad, that the file is too large for it, or that it is infected. Null when
 * none was asked, as where none is configured.
 */
export const fileScans = ['waiting', 'clean', 'oversized', 'infected'] as const;

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
    scan: z.enum(fileScans).nullable(),
    /** What the scanner calls what it found; for the owner and for administrators. */
    scanSignature: z.string().nullable(),
    /** Only while it is being processed. */
    progress: fileProgressSchema.nullable(),
    /** Pages of a document whose images can be asked for. */
    pages: z.int().nullable(),
    /** Pages that the document really has. */
    totalPages: z.int().nullable(),
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

/** Widths in pixels that a preview can be asked for, so that only so many images are ever made of one. */
export const previewWidths = ['160', '320', '480', '640', '960', '1280'] as const;
const width = (preset: (typeof previewWidths)[number]) => z.enum(previewWidths).default(preset).transform(Number);
export const pageQuery = z.object({ width: width('1280') });
export const thumbnailQuery = z.object({ width: width('320') });

/** Width over height of each page that has an image, from page 1 on. */
export const pageShapesSchema = z.object({ ratios: z.array(z.number().positive()) }).openapi('PageShapes');

export const archiveContentsSchema = z
  .object({
    /** Folder by folder, names by pinyin and 2 before 10; not endless. */
    entries: z.array(z.object({ name: z.string(), bytes: z.number().nonnegative() })),
    /** Files that really lie in it. */
    total: z.int(),
    /** All of them unpacked, as the archive says. */
    bytes: z.number().nonnegative(),
    /** Whether something in it asks for a password. */
    encrypted: z.boolean(),
  })
  .openapi('ArchiveContents');
export type ArchiveContents = z.output<typeof archiveContentsSchema>;

/** Places on a page are counted from its top left corner, in this many parts of its width and its height. */
export const PAGE_PARTS = 10_000;
const parts = z.int().min(0).max(PAGE_PARTS);
export const pageWordSchema = z.object({ text: z.string().max(400), x: parts, y: parts, width: parts, height: parts });
export type PageWord = z.output<typeof pageWordSchema>;

export const pageWordsSchema = z
  .object({
    /** Words line by line, in the order in which they are read. */
    lines: z.array(z.array(pageWordSchema)),
  })
  .openapi('PageWords');
export type PageWords = z.output<typeof pageWordsSchema>;

export const contentQuery = z.object({
  /** `inline` is only followed for types that are harmless in a browser. */
  disposition: z.enum(['attachment', 'inline']).default('attachment'),
  /** Given, the bytes come from this server even where an object store could serve them. */
  proxy: z.string().optional(),
});

const payload = z.object({ fileId: z.uuid() });

/** Makes out what a file really is, and its previews. */
export const processFileJob = defineJob({
  name: 'file.process',
  payload: payload.extend({
    /** How often it has waited for the virus scanner. */
    waits: z.int().min(0).optional(),
    /** How often the scanner answered that it cannot say. */
    refusals: z.int().min(0).optional(),
  }),
  timeoutSeconds: 30 * 60,
  retryLimit: 3,
  about: ({ fileId }) => ({ fileId }),
});

/** Sends the job of those that wait for the virus scanner and have none: their work was broken off too often. */
export const resumeScansJob = defineJob({ name: 'files.resume-scans', payload: z.object({}), unique: true });

/** Makes the previews of files that were uploaded to a server which had none for their kind, one after the other. */
export const catchUpJob = defineJob({ name: 'files.catch-up', payload: z.object({}), unique: true });

/** Removes the objects of a deleted file, and then its row. */
export const eraseFileJob = defineJob({ name: 'file.erase', payload, retryLimit: 12 });

/** Deletes uploads that were never used. */
export const sweepFilesJob = defineJob({ name: 'files.sweep', payload: z.object({}), unique: true });
