import type { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ByteRange, Storage } from '../storage/storage.ts';
import { type Doer, recordEvent } from '../trail/trail.ts';
import type { DerivedImages } from './derived.ts';
import { type FileReaders, mayReadFile } from './policy.ts';
import {
  type FileRow,
  findContents,
  findFile,
  findPageWords,
  insertFile,
  isNeededAsSlides,
  listImages,
  listOfResource,
  listPageSizes,
  listPreviews,
  listWithPoster,
  lockUnused,
  markDeleted,
} from './repository.ts';
import {
  type ArchiveContents,
  eraseFileJob,
  type File,
  type PageWords,
  pageWordsSchema,
  processFileJob,
} from './schema.ts';
import { toFile } from './to-file.ts';

export type { FileRow } from './repository.ts';

export interface FileServiceOptions extends FileReaders {
  db: Database;
  storage: Storage;
  jobs: Pick<Jobs, 'send'>;
  derived: DerivedImages;
  /** Whether new files wait for a virus scanner. */
  scanned?: boolean;
  /** Told once for every download that is begun, not for what is played or shown in place. */
  countDownload(actor: Actor, file: { id: string; resourceId: string | null }): Promise<void>;
  /** Told of every use of a file, again and again while it goes on. */
  onUsed?(actor: Actor, file: FileRow, how: FileUse): void;
}

export type FileUse = 'viewed' | 'downloaded';

/** A file whose object is in Storage under `objectKey`. */
export interface NewFile {
  id: string;
  ownerId: string;
  schoolId: string;
  name: string;
  bytes: number;
  objectKey: string;
  declaredType: string | null;
  mediaType: string;
  /** When given, processing compares it with the content. */
  sha256: string | null;
  /** From where it came, when that is known. */
  address?: string | undefined;
}

export interface PreviewImage {
  body: Readable | Buffer;
  bytes: number;
  mediaType: string;
}

export interface PreviewSize {
  width: number;
  /** Whether whoever asks can show AVIF. */
  avif: boolean;
}

export type PreviewWanted = { kind: 'page'; number: number } | { kind: 'poster' } | { kind: 'thumbnail' };

export interface FileService {
  get(actor: Actor, id: string): Promise<File>;
  /** In their order; whoever asks has made sure that the resource may be seen. */
  ofResource(actor: Actor, resourceId: string): Promise<File[]>;
  /**
   * A file whose content, and all that was made of it, may be given away.
   * @throws AppError `not_found`, also for what the actor may not see; `file_infected`; `file_not_scanned`, but to its owner.
   */
  require(actor: Actor, id: string): Promise<FileRow>;
  /** As `require`, with null in place of the error. */
  readable(actor: Actor, id: string): Promise<{ mediaType: string } | null>;
  read(file: FileRow, range: ByteRange | undefined): Promise<Readable>;
  /** Address of the content in the object store, or null when it goes through this server. */
  presign(file: FileRow, disposition: string, mediaType: string): Promise<string | null>;
  countDownload(actor: Actor, file: FileRow): Promise<void>;
  /** For the audit trail; returns at once. */
  noteUse(actor: Actor, file: FileRow, how: FileUse): void;
  /** An image at most `width` pixels wide; narrower when the original is. @throws AppError `not_found`. */
  preview(actor: Actor, id: string, wanted: PreviewWanted, size: PreviewSize): Promise<PreviewImage>;
  /** Width over height of the pages that have an image. */
  pageRatios(actor: Actor, id: string): Promise<number[]>;
  /** What lies in an archive. @throws AppError `not_found`, also for one of which nothing is known. */
  contents(actor: Actor, id: string): Promise<ArchiveContents>;
  /** null when nothing is known of the page's words. @throws AppError `not_found` for a page without an image. */
  pageWords(actor: Actor, id: string, number: number): Promise<PageWords | null>;
  /** In the transaction that makes it a file: its row and the job that looks into it. Once more does nothing. */
  register(tx: Database, file: NewFile): Promise<void>;
  /** Length of a file that the actor uploaded; null when it is not theirs. */
  ownBytes(actor: AccountActor, id: string): Promise<number | null>;
  /** An owner gives up a file that no resource has. */
  remove(actor: AccountActor, id: string): Promise<void>;
  /**
   * In the transaction that gives the files up: marks them, writes down by whom (null: by the server itself), and sends the
   * jobs that remove their objects.
   */
  discard(tx: Database, ids: readonly string[], actor: Doer | null): Promise<void>;
  /** Gives up files that were uploaded and then not used for anything. @returns how many. */
  sweep(now: Date): Promise<number>;
}

const PRESIGNED_SECONDS = 60 * 60;
const UNUSED_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
const SWEPT_AT_ONCE = 500;
/** AVIF is only made of what lists are full of. */
const WIDEST_AVIF = 320;

export function createFileService(options: FileServiceOptions): FileService {
  const { db, storage, jobs, derived } = options;

  /** Also one that nobody is given. */
  async function find(actor: Actor, id: string): Promise<FileRow> {
    const file = await findFile(db, id);
    if (file === undefined || !(await mayReadFile(options, actor, file))) throw new AppError('not_found');
    return file;
  }

  async function require(actor: Actor, id: string): Promise<FileRow> {
    const file = await find(actor, id);
    if (file.scan === 'infected') throw new AppError('file_infected');
    if (file.scan === 'waiting' && file.owner_id !== actor.id) throw new AppError('file_not_scanned');
    return file;
  }

  async function discard(tx: Database, ids: readonly string[], actor: Doer | null): Promise<void> {
    for (const fileId of await markDeleted(tx, ids)) {
      await recordEvent(tx, 'file.deleted', { actor, id: fileId });
      await jobs.send(tx, eraseFileJob, { fileId });
    }
  }

  return {
    require,
    discard,

    async get(actor, id) {
      const file = await find(actor, id);
      return toFile(actor, file, await listPreviews(db, id));
    },

    async ofResource(actor, resourceId) {
      const rows = await listOfResource(db, resourceId);
      const posters = await listWithPoster(
        db,
        rows.map((row) => row.id),
      );
      return rows.map((row) => toFile(actor, row, posters.has(row.id) ? [{ kind: 'poster' }] : []));
    },

    async readable(actor, id) {
      const file = await findFile(db, id);
      if (file === undefined || file.scan === 'infected' || !(await mayReadFile(options, actor, file))) return null;
      return { mediaType: file.media_type };
    },

    read: (file, range) => storage.get(file.object_key, range && { range }),

    // An address that was given away would still work when something has been found.
    presign: async (file, disposition, mediaType) =>
      file.scan === 'waiting'
        ? null
        : storage.presign(file.object_key, { disposition, mediaType, expiresSeconds: PRESIGNED_SECONDS }),

    countDownload: (actor, file) => options.countDownload(actor, { id: file.id, resourceId: file.resource_id }),

    noteUse: (actor, file, how) => options.onUsed?.(actor, file, how),

    async pageRatios(actor, id) {
      await require(actor, id);
      return (await listPageSizes(db, id)).map(({ width, height }) => Number((width / height).toFixed(4)));
    },

    async contents(actor, id) {
      await require(actor, id);
      const found = await findContents(db, id);
      if (!found) throw new AppError('not_found');
      return found;
    },

    async pageWords(actor, id, number) {
      const { pages } = await require(actor, id);
      if (number > (pages ?? 0)) throw new AppError('not_found');
      const words = await findPageWords(db, id, number);
      return words === undefined ? null : pageWordsSchema.parse(await json(await storage.get(words.object_key)));
    },

    async preview(actor, id, wanted, { width, avif }) {
      const file = await require(actor, id);
      if (wanted.kind === 'page') options.onUsed?.(actor, file, 'viewed');
      const number = wanted.kind === 'page' ? wanted.number : 1;
      const ascending = await listImages(db, id, { number, ...(wanted.kind !== 'thumbnail' && { kind: wanted.kind }) });
      const widest = ascending.at(-1);
      const chosen = ascending.find((image) => image.width >= width) ?? widest;
      if (chosen === undefined || widest === undefined) throw new AppError('not_found');
      const isStored = chosen.width <= width;
      const webp = isStored ? null : await derived.webp(chosen, width);
      if (avif && wanted.kind !== 'page' && width <= WIDEST_AVIF) {
        const better = await derived.avif(widest, Math.min(width, widest.width), webp?.body.byteLength ?? chosen.bytes);
        if (better) return { ...better, bytes: better.body.byteLength };
      }
      if (webp) return { ...webp, bytes: webp.body.byteLength };
      return { body: await storage.get(chosen.object_key), bytes: chosen.bytes, mediaType: chosen.media_type };
    },

    async register(tx, file) {
      const isNew = await insertFile(tx, {
        id: file.id,
        owner_id: file.ownerId,
        school_id: file.schoolId,
        name: file.name,
        bytes: file.bytes,
        object_key: file.objectKey,
        declared_type: file.declaredType,
        media_type: file.mediaType,
        sha256: file.sha256,
        scan: options.scanned ? 'waiting' : null,
      });
      if (!isNew) return;
      await jobs.send(tx, processFileJob, { fileId: file.id });
      const actor = { kind: 'account', id: file.ownerId, schoolId: file.schoolId } as const;
      await recordEvent(tx, 'file.uploaded', {
        actor,
        id: file.id,
        ...(file.address !== undefined && { address: file.address }),
        details: { bytes: file.bytes },
      });
    },

    async ownBytes(actor, id) {
      const file = await findFile(db, id);
      return file?.owner_id === actor.id ? file.bytes : null;
    },

    async remove(actor, id) {
      await db.transaction().execute(async (tx) => {
        const file = await tx
          .selectFrom('file')
          .select(['owner_id', 'resource_id'])
          .where('id', '=', id)
          .where('deleted_at', 'is', null)
          .forUpdate()
          .executeTakeFirst();
        if (file?.owner_id !== actor.id) {
          await find(actor, id);
          throw new AppError('forbidden');
        }
        if (file.resource_id !== null || (await isNeededAsSlides(tx, id))) throw new AppError('file_in_use');
        await discard(tx, [id], actor);
      });
    },

    async sweep(now) {
      return db.transaction().execute(async (tx) => {
        const unused = await lockUnused(tx, new Date(now.getTime() - UNUSED_AFTER_MS), SWEPT_AT_ONCE);
        await discard(tx, unused, null);
        return unused.length;
      });
    },
  };
}
