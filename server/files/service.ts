import type { Readable } from 'node:stream';
import sharp from 'sharp';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { ByteRange, Storage } from '../storage/storage.ts';
import { type FileReaders, mayReadFile } from './policy.ts';
import {
  type FileRow,
  findFile,
  insertFile,
  isNeededAsSlides,
  listOfResource,
  listPreviews,
  listUnused,
  listWithPoster,
  markDeleted,
  type PreviewRow,
} from './repository.ts';
import { eraseFileJob, type File, fileErrorCodeSchema, processFileJob } from './schema.ts';

export type { FileRow } from './repository.ts';

export interface FileServiceOptions extends FileReaders {
  db: Database;
  storage: Storage;
  jobs: Pick<Jobs, 'send'>;
  /** Told once for every download that is begun, not for what is played or shown in place. */
  countDownload(actor: Actor, file: { id: string; resourceId: string | null }): Promise<void>;
}

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
}

export interface PreviewImage {
  body: Readable | Buffer;
  bytes: number;
  mediaType: string;
}

export type PreviewWanted = { kind: 'page'; number: number } | { kind: 'poster' } | { kind: 'thumbnail' };

export interface FileService {
  get(actor: Actor, id: string): Promise<File>;
  /** In their order; whoever asks has made sure that the resource may be seen. */
  ofResource(resourceId: string): Promise<File[]>;
  /** @throws AppError `not_found`, also for what the actor may not see. */
  require(actor: Actor, id: string): Promise<FileRow>;
  /** As `require`, with null in place of the error. */
  readable(actor: Actor, id: string): Promise<{ mediaType: string } | null>;
  read(file: FileRow, range: ByteRange | undefined): Promise<Readable>;
  /** Address of the content in the object store, or null when it goes through this server. */
  presign(file: FileRow, disposition: string, mediaType: string): Promise<string | null>;
  countDownload(actor: Actor, file: FileRow): Promise<void>;
  /** A WebP image at most `width` pixels wide; narrower when the original is. @throws AppError `not_found`. */
  preview(actor: Actor, id: string, wanted: PreviewWanted, width: number): Promise<PreviewImage>;
  /** In the transaction that makes it a file: its row and the job that looks into it. Once more does nothing. */
  register(tx: Database, file: NewFile): Promise<void>;
  /** Length of a file that the actor uploaded; null when it is not theirs. */
  ownBytes(actor: AccountActor, id: string): Promise<number | null>;
  /** An owner gives up a file that no resource has. */
  remove(actor: AccountActor, id: string): Promise<void>;
  /** In the transaction that gives the files up: marks them, and sends the jobs that remove their objects. */
  discard(tx: Database, ids: readonly string[]): Promise<void>;
  /** Gives up files that were uploaded and then not used for anything. @returns how many. */
  sweep(now: Date): Promise<number>;
}

const PRESIGNED_SECONDS = 60 * 60;
const UNUSED_AFTER_MS = 14 * 24 * 60 * 60 * 1000;
const SWEPT_AT_ONCE = 500;

export function toFile(row: FileRow, previews: readonly Pick<PreviewRow, 'kind'>[]): File {
  return {
    id: row.id,
    name: row.name,
    bytes: row.bytes,
    sha256: row.sha256,
    mediaType: row.media_type,
    state: row.state,
    errorCode: row.error_code === null ? null : fileErrorCodeSchema.parse(row.error_code),
    pages: row.pages,
    durationMs: row.duration_ms,
    width: row.width,
    height: row.height,
    hasPoster: previews.some(({ kind }) => kind === 'poster'),
    createdAt: row.created_at.toISOString(),
  };
}

function matches(preview: PreviewRow, wanted: PreviewWanted): boolean {
  if (wanted.kind === 'page') return preview.kind === 'page' && preview.number === wanted.number;
  if (wanted.kind === 'poster') return preview.kind === 'poster';
  return preview.number === 1;
}

/** The narrowest stored one that is wide enough, else the widest. */
function bestFor(width: number, previews: PreviewRow[]): PreviewRow | undefined {
  const ascending = previews.toSorted((a, b) => a.width - b.width);
  return ascending.find((preview) => preview.width >= width) ?? ascending.at(-1);
}

export function createFileService(options: FileServiceOptions): FileService {
  const { db, storage, jobs } = options;

  async function require(actor: Actor, id: string): Promise<FileRow> {
    const file = await findFile(db, id);
    if (file === undefined || !(await mayReadFile(options, actor, file))) throw new AppError('not_found');
    return file;
  }

  async function discard(tx: Database, ids: readonly string[]): Promise<void> {
    for (const fileId of await markDeleted(tx, ids)) await jobs.send(tx, eraseFileJob, { fileId });
  }

  return {
    require,
    discard,

    async get(actor, id) {
      const file = await require(actor, id);
      return toFile(file, await listPreviews(db, id));
    },

    async ofResource(resourceId) {
      const rows = await listOfResource(db, resourceId);
      const posters = await listWithPoster(
        db,
        rows.map((row) => row.id),
      );
      return rows.map((row) => toFile(row, posters.has(row.id) ? [{ kind: 'poster' }] : []));
    },

    async readable(actor, id) {
      const file = await findFile(db, id);
      if (file === undefined || !(await mayReadFile(options, actor, file))) return null;
      return { mediaType: file.media_type };
    },

    read: (file, range) => storage.get(file.object_key, range && { range }),

    presign: (file, disposition, mediaType) =>
      storage.presign(file.object_key, { disposition, mediaType, expiresSeconds: PRESIGNED_SECONDS }),

    countDownload: (actor, file) => options.countDownload(actor, { id: file.id, resourceId: file.resource_id }),

    async preview(actor, id, wanted, width) {
      await require(actor, id);
      const previews = await listPreviews(db, id);
      const chosen = bestFor(
        width,
        previews.filter((preview) => matches(preview, wanted)),
      );
      if (chosen === undefined) throw new AppError('not_found');
      const body = await storage.get(chosen.object_key);
      if (chosen.width <= width) return { body, bytes: chosen.bytes, mediaType: chosen.media_type };
      const image = await body.pipe(sharp().resize({ width }).webp()).toBuffer();
      return { body: image, bytes: image.byteLength, mediaType: 'image/webp' };
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
      });
      if (isNew) await jobs.send(tx, processFileJob, { fileId: file.id });
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
          await require(actor, id);
          throw new AppError('forbidden');
        }
        if (file.resource_id !== null || (await isNeededAsSlides(tx, id))) throw new AppError('file_in_use');
        await discard(tx, [id]);
      });
    },

    async sweep(now) {
      const unused = await listUnused(db, new Date(now.getTime() - UNUSED_AFTER_MS), SWEPT_AT_ONCE);
      await db.transaction().execute((tx) => discard(tx, unused));
      return unused.length;
    },
  };
}
