import { Server as TusServer } from '@tus/server';
import type { Upload } from '@tus/utils';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { AppError, type ErrorCode, withCauses } from '../errors.ts';
import { formatOfName } from '../files/policy.ts';
import type { FileService } from '../files/service.ts';
import type { AccountActor } from '../http/route.ts';
import { readFileName } from './file-name.ts';
import { createUploadLocker } from './locker.ts';
import * as repository from './repository.ts';
import { uploadMetadata } from './schema.ts';
import type { UploadStore } from './store.ts';

export interface UploadsOptions {
  db: Database;
  /** For the locks, which have a connection of their own. */
  databaseUrl: string;
  log: Logger;
  store: UploadStore;
  files: Pick<FileService, 'register' | 'ownBytes'>;
  /** What the school uses and may use; until the transaction ends nobody else of it is told. */
  lockQuota(tx: Database, schoolId: string): Promise<{ usedBytes: number; quotaBytes: number | null }>;
  /** null when the store does not say. */
  freeBytes(): Promise<number | null>;
  maxBytes: number;
  expiryMs: number;
  /** Address of the collection, as `/api/uploads`. */
  path: string;
}

export interface Uploads {
  /** Answers a request of tus 1.0. @throws AppError for every refusal. */
  handle(request: Request, actor: AccountActor): Promise<Response>;
  /** Finishes what was sent whole but not registered, and removes what has expired. */
  sweep(signal: AbortSignal): Promise<{ finished: number; removed: number }>;
  close(): Promise<void>;
}

const MiB = 1024 * 1024;
/** What must stay free for the database, previews and logs. */
const KEPT_FREE_BYTES = 512 * MiB;
const MOST_UNFINISHED = 100;
/** A request that is asked to give way to a newer one is cut off after this long. */
const DRAIN_MS = 1000;
const LOCK_WAIT_MS = 15_000;

const codeOfStatus: Partial<Record<number, ErrorCode>> = {
  400: 'bad_request',
  404: 'not_found',
  409: 'upload_offset_wrong',
  410: 'upload_gone',
  412: 'tus_version_wrong',
  413: 'upload_too_large',
};

const tusError = z.object({ status_code: z.number() });

export function createUploads(options: UploadsOptions): Uploads {
  const { db, log, store, files } = options;
  const locker = createUploadLocker({ databaseUrl: options.databaseUrl, log, drainMs: DRAIN_MS, waitMs: LOCK_WAIT_MS });
  /** Who asks, for the hooks of the library, and what they threw, for the answer. */
  const asked = new WeakMap<Request, { actor: AccountActor; failure?: AppError }>();

  function askedBy(request: Request) {
    const found = asked.get(request);
    if (!found) throw new AppError('not_signed_in');
    return found;
  }

  async function isFull(bytes: number): Promise<boolean> {
    const free = await options.freeBytes();
    return free !== null && free - KEPT_FREE_BYTES < bytes;
  }

  /** Before the first byte: is this somebody who may, something we take, and is there room? */
  async function admit(actor: AccountActor, id: string, upload: Upload): Promise<{ filename: string }> {
    const given = uploadMetadata.safeParse(upload.metadata ?? {});
    if (!given.success) {
      throw new AppError('invalid_input', {
        cause: given.error,
        errors: given.error.issues.map(({ path, message }) => ({ path: `Upload-Metadata.${path.join('.')}`, message })),
      });
    }
    if (actor.schoolId === null) throw new AppError('forbidden', { detail: 'Only school accounts can upload files.' });
    const name = readFileName(given.data.filename);
    if (!formatOfName(name)) throw new AppError('type_not_allowed');
    if (!upload.size) {
      throw new AppError('invalid_input', {
        errors: [{ path: 'Upload-Length', message: 'must be known and above 0' }],
      });
    }
    if (upload.size > options.maxBytes) throw new AppError('upload_too_large');
    if (await isFull(upload.size)) throw new AppError('no_space');
    if ((await repository.countUnfinished(db, actor.id)) >= MOST_UNFINISHED) throw new AppError('too_many_attempts');
    const row = {
      id,
      owner_id: actor.id,
      school_id: actor.schoolId,
      name,
      bytes: upload.size,
      declared_type: given.data.filetype ?? null,
      sha256: given.data.sha256 ?? null,
    };
    await db.transaction().execute(async (tx) => {
      const { usedBytes: used, quotaBytes: limit } = await options.lockQuota(tx, row.school_id);
      if (limit !== null && used + row.bytes > limit) {
        throw new AppError('quota_exceeded', { quota: { used, limit, needed: row.bytes } });
      }
      await repository.insertUpload(tx, row);
    });
    return { filename: name };
  }

  /** Everything that can be repeated comes first, the row of the file and its job come in one transaction. */
  async function finish(id: string, address?: string): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const upload = await repository.lockUpload(tx, id);
      if (!upload || upload.finished_at) return;
      await store.take(id, upload.bytes);
      await files.register(tx, {
        id,
        ownerId: upload.owner_id,
        schoolId: upload.school_id,
        name: upload.name,
        bytes: upload.bytes,
        objectKey: store.objectKeyOf(id),
        declaredType: upload.declared_type,
        mediaType: formatOfName(upload.name)?.mediaType ?? 'application/octet-stream',
        sha256: upload.sha256,
        address,
      });
      await repository.markFinished(tx, id);
    });
    await forget(id).catch((error: unknown) => log.warn({ err: error, uploadId: id }, 'leftovers of an upload stay'));
  }

  async function forget(id: string): Promise<void> {
    await store.forget(id);
    await repository.deleteUpload(db, id);
  }

  const lastSegment = (request: Request) => new URL(request.url).pathname.split('/').at(-1) ?? '';
  const idOf = (name: string) => name.split('/').at(-1) ?? '';
  const isId = (text: string) => z.uuid().safeParse(text).success;

  const tus = new TusServer({
    path: options.path,
    datastore: store.tus,
    locker,
    lockDrainTimeout: DRAIN_MS,
    maxSize: options.maxBytes,
    allowedOrigins: [],
    namingFunction: async () => store.nameOf(await repository.newUploadId(db)),
    getFileIdFromRequest: (_, segment) => (segment && isId(segment) ? store.nameOf(segment) : undefined),
    generateUrl: (_, { path, id }) => `${path}/${idOf(id)}`,

    async onIncomingRequest(request, name) {
      if (request.method === 'POST') return;
      const upload = await repository.findUpload(db, idOf(name));
      if (upload?.owner_id !== askedBy(request).actor.id) throw new AppError('not_found');
    },
    onUploadCreate: async (request, upload) => ({
      metadata: await admit(askedBy(request).actor, idOf(upload.id), upload),
    }),
    async onUploadFinish(request, upload) {
      await finish(idOf(upload.id), askedBy(request).actor.address);
      return {};
    },
    async onResponseError(request, error) {
      const failure = await toFailure(error);
      askedBy(request).failure = failure;
      return { status_code: failure.status, body: '' };
    },
  });

  async function toFailure(error: unknown): Promise<AppError> {
    if (error instanceof AppError) return error;
    const status = tusError.safeParse(error).data?.status_code ?? 500;
    const code = codeOfStatus[status];
    if (code) return new AppError(code, { cause: error });
    return new AppError((await isFull(1)) ? 'no_space' : 'internal', { cause: error });
  }

  /**
   * A client that missed the end of its upload asks how far it got. When all is there it is finished, now or before.
   * @returns null when bytes are still missing.
   */
  async function answerWhole(id: string, actor: AccountActor): Promise<Response | null> {
    if (!isId(id)) return null;
    const upload = await repository.findUpload(db, id);
    if (upload && !upload.finished_at) {
      if (upload.owner_id !== actor.id) return null;
      // When the store has nothing of it any more, another process is just finishing it: wait for that.
      const received = await store.received(id);
      if (received !== null && received < upload.bytes) return null;
      await finish(id, actor.address);
    }
    const bytes = await files.ownBytes(actor, id);
    if (bytes === null) return null;
    const headers = { 'Upload-Offset': String(bytes), 'Upload-Length': String(bytes), 'Cache-Control': 'no-store' };
    return new Response(null, { status: 200, headers: { ...headers, 'Tus-Resumable': '1.0.0' } });
  }

  async function removeExpired(id: string): Promise<void> {
    const lock = locker.newLock(store.nameOf(id));
    await lock.lock(AbortSignal.timeout(LOCK_WAIT_MS), () => undefined);
    try {
      await forget(id);
    } finally {
      await lock.unlock();
    }
  }

  return {
    async handle(request, actor) {
      const context: { actor: AccountActor; failure?: AppError } = { actor };
      asked.set(request, context);
      if (request.method === 'HEAD') {
        const whole = await answerWhole(lastSegment(request), actor);
        if (whole) return whole;
      }
      const response = await tus.handleWeb(request);
      if (context.failure) throw context.failure;
      if (response.status >= 400) throw new AppError(codeOfStatus[response.status] ?? 'bad_request');
      // The library leaves the last bytes on S3, those that were too few for a part.
      if (request.method === 'DELETE') await forget(lastSegment(request));
      return response;
    },

    async sweep(signal) {
      const expired = new Date(Date.now() - options.expiryMs);
      let finished = 0;
      let removed = 0;
      for (const { id, bytes, created_at, finished_at, failure } of await repository.listUploads(db)) {
        signal.throwIfAborted();
        try {
          if (finished_at) await forget(id);
          else if ((await store.received(id)) === bytes) {
            await finish(id);
            finished += 1;
          } else if (created_at < expired) {
            await removeExpired(id);
            removed += 1;
          } else if (failure !== null) await repository.noteFailure(db, id, null);
        } catch (error) {
          // Those behind it do not wait for it.
          log.error({ err: error, uploadId: id }, 'an upload can neither be finished nor removed');
          await repository.noteFailure(db, id, withCauses(error));
        }
      }
      const known = new Set((await repository.listUploads(db)).map(({ id }) => id));
      for await (const id of store.olderThan(expired)) {
        signal.throwIfAborted();
        if (known.has(id)) continue;
        await store.forget(id);
        removed += 1;
      }
      return { finished, removed };
    },

    close: () => locker.close(),
  };
}
