import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Insertable, Updateable } from 'kysely';
import type { Logger } from 'pino';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { FileTable, PreviewTable } from '../database/tables/library.ts';
import { type Format, formatOfMediaType } from '../files/policy.ts';
import type { FileErrorCode } from '../files/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { type Converter, ConverterError } from './converter.ts';
import { createDocumentPreviews, type DocumentPrograms } from './documents.ts';
import { previewHeif, previewImage } from './images.ts';
import { createMediaPreviews, type MediaPrograms } from './media.ts';
import { type Findings, type Preview, PreviewProblem, type Tools } from './preview.ts';
import * as repository from './repository.ts';
import { sniff } from './sniff.ts';
import { decodeText, textForSearch } from './text.ts';
import type { Workspace } from './workspace.ts';

export interface Programs extends DocumentPrograms, MediaPrograms {
  heifConvert: string;
}

export interface PreviewProcessorOptions {
  db: Database;
  storage: Storage;
  workspace: Workspace;
  convert: Converter;
  programs: Programs;
  /** Called in the transaction of every change of a file's state. */
  onFileChanged(tx: DatabaseTransaction, fileId: string): Promise<void>;
}

export interface ProcessContext {
  signal: AbortSignal;
  /** After this try nobody comes back to the file. */
  lastAttempt: boolean;
  log: Logger;
}

export interface PreviewProcessor {
  /** Finds out what a file is, and makes its previews. Can be repeated at any point. */
  process(fileId: string, context: ProcessContext): Promise<void>;
}

const TEXT_BYTES = 1024 * 1024;

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}

async function readText({ source }: Tools): Promise<Findings> {
  const file = await open(source);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TEXT_BYTES), 0, TEXT_BYTES, 0);
    const text = decodeText(buffer.subarray(0, bytesRead), bytesRead === TEXT_BYTES);
    return { text: text === null ? null : textForSearch(text) };
  } finally {
    await file.close();
  }
}

/** A missing converter is the server's fault, the rest is the file's. */
function codeOf(error: unknown): FileErrorCode | null {
  if (error instanceof PreviewProblem) return error.code;
  if (error instanceof ConverterError) return error.reason === 'missing' ? 'preview_unavailable' : 'preview_failed';
  return null;
}

export function createPreviewProcessor(options: PreviewProcessorOptions): PreviewProcessor {
  const { db, storage, workspace, convert, programs } = options;
  const { previewOffice, previewPdf } = createDocumentPreviews(convert, programs);
  const previewMedia = createMediaPreviews(convert, programs);

  async function makePreviews(format: Format | null, tools: Tools): Promise<Findings> {
    switch (format?.preview) {
      case 'office':
        return previewOffice(tools);
      case 'pdf':
        return previewPdf(tools);
      case 'image':
        return previewImage(tools);
      case 'heif':
        return previewHeif(tools, convert, programs.heifConvert);
      case 'video':
      case 'audio':
        return previewMedia(tools, format.mediaType);
      case 'text':
        return readText(tools);
      default:
        return {};
    }
  }

  /** @returns false when the file is gone. */
  async function change(fileId: string, values: Updateable<FileTable>, previews?: Insertable<PreviewTable>[]) {
    return db.transaction().execute(async (tx) => {
      if (!(await repository.changeFile(tx, fileId, values))) return false;
      if (previews) await repository.replacePreviews(tx, fileId, previews);
      await options.onFileChanged(tx, fileId);
      return true;
    });
  }

  /** Objects of earlier tries, and of a file that was deleted meanwhile. */
  async function dropOthers(fileId: string, kept: ReadonlySet<string>): Promise<void> {
    for await (const { key } of storage.list(`previews/${fileId}/`)) if (!kept.has(key)) await storage.delete(key);
  }

  return {
    async process(fileId, { signal, lastAttempt, log }) {
      const file = await repository.findForProcessing(db, fileId);
      if (!file || !(await change(fileId, { state: 'processing', error_code: null }))) return;

      const folder = await workspace.open();
      const previews: Insertable<PreviewTable>[] = [];
      // Every try writes under keys of its own: an object is never written twice.
      const prefix = `previews/${fileId}/${randomUUID()}`;
      const keep = async ({ content, kind, number, width, height }: Preview) => {
        const object_key = `${prefix}/${kind}-${number}-${width}.webp`;
        await storage.put(object_key, Readable.from([content]), { bytes: content.byteLength, signal });
        previews.push({
          file_id: fileId,
          kind,
          number,
          width,
          height,
          object_key,
          media_type: 'image/webp',
          bytes: content.byteLength,
        });
      };
      const known: Partial<Pick<FileTable, 'sha256' | 'media_type'>> = {};
      try {
        const unnamed = join(folder.path, 'original');
        await storage.saveTo(file.object_key, unnamed, signal);
        known.sha256 = await hashFile(unnamed, signal);
        if (file.sha256 !== null && file.sha256 !== known.sha256) throw new PreviewProblem('checksum_mismatch');
        const { mediaType, encrypted } = await sniff(unnamed, file.name);
        known.media_type = mediaType;
        if (encrypted) throw new PreviewProblem('file_encrypted');

        const format = formatOfMediaType(mediaType);
        // Converters go by the name's end.
        const source = join(folder.path, `source.${format?.extensions[0] ?? 'bin'}`);
        await rename(unnamed, source);
        const found = await makePreviews(format, { source, folder: folder.path, signal, keep });
        const isThere = await change(
          fileId,
          {
            ...known,
            media_type: found.mediaType ?? mediaType,
            state: 'ready',
            pages: found.pages ?? null,
            duration_ms: found.durationMs ?? null,
            width: found.width ?? null,
            height: found.height ?? null,
            content_text: found.text ?? null,
          },
          previews,
        );
        if (!isThere) previews.length = 0;
      } catch (error) {
        signal.throwIfAborted();
        const code = codeOf(error);
        if (code === null && !lastAttempt) throw error;
        log.warn({ err: error, fileId, mediaType: known.media_type }, 'no preview');
        const state = code === 'preview_unavailable' ? 'ready' : 'failed';
        previews.length = 0;
        await change(fileId, { ...known, state, error_code: code ?? 'preview_failed' }, []);
        if (code === null) throw error;
      } finally {
        await folder.close();
      }
      await dropOthers(fileId, new Set(previews.map(({ object_key }) => object_key)));
    },
  };
}
