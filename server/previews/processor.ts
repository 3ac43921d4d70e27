import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Insertable, Updateable } from 'kysely';
import type { Logger } from 'pino';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { FileTable, PageWordsTable, PreviewTable } from '../database/tables/library.ts';
import { AppError } from '../errors.ts';
import { type Format, formatOfMediaType } from '../files/policy.ts';
import type { ArchiveContents, PageWords } from '../files/schema.ts';
import type { Converter } from '../sandbox/converter.ts';
import type { Workspace } from '../sandbox/workspace.ts';
import type { Storage } from '../storage/storage.ts';
import { recordEvent } from '../trail/trail.ts';
import { inspectArchive } from './archive.ts';
import { listContents } from './contents.ts';
import { withinTime } from './deadline.ts';
import { createDocumentPreviews, type DocumentPrograms } from './documents.ts';
import { previewHeif, previewImage } from './images.ts';
import { createMediaPreviews, type MediaPrograms } from './media.ts';
import { createPictureReader } from './pictures.ts';
import { createTextPreviews, readWords } from './plain-text.ts';
import { codeOf, type Findings, type Preview, PreviewProblem, type Tools } from './preview.ts';
import { createProgress } from './progress.ts';
import * as repository from './repository.ts';
import { sniff } from './sniff.ts';
import { createVirusCheck } from './virus-scan/check.ts';
import { ScannerAway, ScannerRefusal, VerdictPending, type VirusScanner } from './virus-scan/scanner.ts';

export interface Programs extends DocumentPrograms, MediaPrograms {
  heifConvert: string;
}

export interface PreviewProcessorOptions {
  db: Database;
  storage: Storage;
  workspace: Workspace;
  convert: Converter;
  programs: Programs;
  /** Looks at every file before anything else does; null where none is configured. */
  scanner?: VirusScanner | null;
  /** Of a document, that are drawn. */
  mostPages?: number;
  /** Called in the transaction of every change of a file's state. */
  onFileChanged(tx: DatabaseTransaction, fileId: string): Promise<void>;
}

export interface ProcessContext {
  signal: AbortSignal;
  /** After this try nobody comes back to the file. */
  lastAttempt: boolean;
  /** After this refusal of the scanner nobody comes back to the file. */
  lastRefusal?: boolean;
  log: Logger;
}

export interface PreviewProcessor {
  /**
   * Finds out what a file is, and makes its previews. Can be repeated at any point.
   * @throws ScannerRefusal at the last one; VerdictPending when the file has to wait for the virus scanner's verdict, however often it was tried.
   */
  process(fileId: string, context: ProcessContext): Promise<void>;
}

interface Made {
  previews: Insertable<PreviewTable>[];
  words: Insertable<PageWordsTable>[];
  pageTexts: readonly string[];
  contents?: ArchiveContents | undefined;
}

async function hashFile(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, { signal });
  return hash.digest('hex');
}

export function createPreviewProcessor(options: PreviewProcessorOptions): PreviewProcessor {
  const { db, storage, workspace, convert, programs } = options;
  const documents = createDocumentPreviews(convert, programs, options.mostPages);
  const { previewOffice, previewPdf } = documents;
  const previewText = createTextPreviews(documents);
  const previewMedia = createMediaPreviews(convert, programs);
  const readPicture = createPictureReader(convert, workspace);
  const virusCheck = createVirusCheck(db, options.scanner ?? null);

  async function makePreviews(format: Format | null, tools: Tools): Promise<Findings> {
    switch (format?.preview) {
      case 'office':
        await inspectArchive(tools);
        return withinTime(tools, previewOffice);
      case 'pdf':
        return withinTime(tools, previewPdf);
      case 'image': {
        const { path, size } = await readPicture(tools);
        const found = await previewImage({ ...tools, source: path });
        return { ...found, ...size };
      }
      case 'heif':
        return previewHeif(tools, convert, programs.heifConvert);
      case 'video':
      case 'audio':
        return previewMedia(tools, format.mediaType);
      case 'text':
        return previewText(tools);
      case 'words':
        return { pageTexts: await readWords(tools) };
      case 'archive':
        return listContents(tools);
      default:
        return {};
    }
  }

  /** @returns false when the file is gone. */
  async function change(fileId: string, values: Updateable<FileTable>, made?: Made) {
    return db.transaction().execute(async (tx) => {
      if (!(await repository.changeFile(tx, fileId, values))) return false;
      if (made) {
        await repository.replacePreviews(tx, fileId, made.previews);
        await repository.replacePageWords(tx, fileId, made.words);
        await repository.replacePageTexts(tx, fileId, made.pageTexts);
        await repository.replaceContents(tx, fileId, made.contents);
      }
      const { scan, scan_signature: signature } = values;
      if (scan === 'infected') {
        await recordEvent(tx, 'file.quarantined', {
          actor: null,
          id: fileId,
          details: { signature: String(signature) },
        });
      }
      await options.onFileChanged(tx, fileId);
      return true;
    });
  }

  /** Objects of earlier tries, and of a file that was deleted meanwhile. */
  async function dropOthers(fileId: string, kept: ReadonlySet<string>): Promise<void> {
    for await (const { key } of storage.list(`previews/${fileId}/`)) if (!kept.has(key)) await storage.delete(key);
  }

  return {
    async process(fileId, { signal, lastAttempt, lastRefusal = false, log }) {
      const file = await repository.findForProcessing(db, fileId);
      if (!file || !(await change(fileId, { state: 'processing', error_code: null, progress: null }))) return;

      /** Whether the file is withheld until the virus scanner has looked at it. */
      let isWithheld = file.scan === 'waiting';
      const folder = await workspace.open().catch((error: unknown) => {
        throw isWithheld ? new VerdictPending(error) : error;
      });
      const previews: Insertable<PreviewTable>[] = [];
      const words: Insertable<PageWordsTable>[] = [];
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
      const keepWords = async (number: number, page: PageWords) => {
        const object_key = `${prefix}/words-${number}.json`;
        const content = Buffer.from(JSON.stringify(page));
        await storage.put(object_key, Readable.from([content]), { bytes: content.byteLength, signal });
        words.push({ file_id: fileId, number, object_key, bytes: content.byteLength });
      };
      const progress = createProgress(db, fileId);
      const known: Partial<Pick<FileTable, 'sha256' | 'media_type' | 'scan' | 'scan_signature'>> = {};
      try {
        isWithheld = (await virusCheck.ready(fileId, signal)) && isWithheld;
        await progress('reading');
        const unnamed = join(folder.path, 'original');
        await storage.saveTo(file.object_key, unnamed, signal).catch((error: unknown) => {
          // The store may not be mounted yet; but nobody waits for ever for what it has lost.
          const isLost = isWithheld && error instanceof AppError && error.code === 'not_found';
          throw isLost ? new ScannerRefusal('There is nothing to scan in the store.', { cause: error }) : error;
        });
        const virus = await virusCheck.look(fileId, unnamed, signal);
        isWithheld = false;
        if (virus !== null) {
          Object.assign(known, { scan: 'infected', scan_signature: virus });
          throw new PreviewProblem('file_infected');
        }
        known.sha256 = await hashFile(unnamed, signal);
        if (file.sha256 !== null && file.sha256 !== known.sha256) throw new PreviewProblem('checksum_mismatch');
        const { mediaType, encrypted } = await sniff(unnamed, file.name);
        known.media_type = mediaType;
        if (encrypted) throw new PreviewProblem('file_encrypted');

        const format = formatOfMediaType(mediaType);
        // Converters go by the name's end.
        const source = join(folder.path, `source.${format?.extensions[0] ?? 'bin'}`);
        await rename(unnamed, source);
        const found = await makePreviews(format, {
          source,
          folder: folder.path,
          signal,
          keep,
          keepWords,
          progress,
        });
        if (found.fault) {
          log.warn({ fault: found.fault, fileId }, 'a text without pages');
          // Of pages that were drawn before it showed that the rest cannot be.
          previews.length = words.length = 0;
        }
        if (found.withoutWords) log.warn({ err: found.withoutWords, fileId }, 'pages without words');
        const isThere = await change(
          fileId,
          {
            ...known,
            media_type: found.mediaType ?? mediaType,
            state: 'ready',
            progress: null,
            error_code: found.fault ?? null,
            pages: found.pages ?? null,
            total_pages: found.totalPages ?? null,
            duration_ms: found.durationMs ?? null,
            width: found.width ?? null,
            height: found.height ?? null,
          },
          { previews, words, pageTexts: found.pageTexts ?? [], contents: found.contents },
        );
        if (!isThere) previews.length = words.length = 0;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof ScannerRefusal && lastRefusal) {
          const given = { state: 'failed', progress: null, error_code: 'file_unscannable' } as const;
          await change(fileId, given, { previews: [], words: [], pageTexts: [] });
          throw error;
        }
        if (error instanceof ScannerAway || error instanceof ScannerRefusal) {
          await progress('waiting_for_scan');
          throw new VerdictPending(error);
        }
        if (isWithheld) throw new VerdictPending(error);
        const code = codeOf(error);
        if (code === null && !lastAttempt) throw error;
        log.warn({ err: error, fileId, mediaType: known.media_type }, 'no preview');
        const state = code === 'preview_unavailable' ? 'ready' : 'failed';
        previews.length = words.length = 0;
        await change(
          fileId,
          { ...known, state, progress: null, error_code: code ?? 'preview_failed' },
          { previews, words, pageTexts: [] },
        );
        if (code === null) throw error;
      } finally {
        await folder.close();
      }
      await dropOthers(fileId, new Set([...previews, ...words].map(({ object_key }) => object_key)));
    },
  };
}
