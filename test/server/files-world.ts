import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerType, serve } from '@hono/node-server';
import { pino } from 'pino';
import { captionRoutes } from '../../server/captions/routes.ts';
import { createCaptionService } from '../../server/captions/service.ts';
import type { Database } from '../../server/database/database.ts';
import { createDerivedImages } from '../../server/files/derived.ts';
import { handleFileJobs } from '../../server/files/jobs.ts';
import { renditionRoutes } from '../../server/files/renditions/routes.ts';
import { createRenditionService } from '../../server/files/renditions/service.ts';
import { fileRoutes } from '../../server/files/routes.ts';
import { eraseFileJob, processFileJob, sweepFilesJob } from '../../server/files/schema.ts';
import { createFileService } from '../../server/files/service.ts';
import { answerFailure } from '../../server/http/failure.ts';
import { type Actor, createRouter } from '../../server/http/route.ts';
import { createJobs } from '../../server/jobs/jobs.ts';
import { createOutbox } from '../../server/outbox/outbox.ts';
import { playbackRoutes } from '../../server/playback/routes.ts';
import { createPlaybackService } from '../../server/playback/service.ts';
import { handlePreviewJobs } from '../../server/previews/jobs.ts';
import type { PreviewProcessor } from '../../server/previews/processor.ts';
import { handleRenditionJobs } from '../../server/previews/renditions/jobs.ts';
import type { Renderer } from '../../server/previews/renditions/renderer.ts';
import { decodeText, textForSearch } from '../../server/previews/text.ts';
import { lockQuota } from '../../server/schools/quota.ts';
import { createDiskStorage, type DiskStorage } from '../../server/storage/disk.ts';
import type { S3Storage } from '../../server/storage/s3.ts';
import type { Storage } from '../../server/storage/storage.ts';
import { handleUploadJobs } from '../../server/uploads/jobs.ts';
import { uploadRoutes } from '../../server/uploads/routes.ts';
import { createUploads, type UploadsOptions } from '../../server/uploads/service.ts';
import { createUploadStore } from '../../server/uploads/store.ts';
import { createTestDatabase, type TestDatabase } from '../environment/database.ts';

export const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
export const log = pino({ level: 'silent' });

type AccountActor = Extract<Actor, { kind: 'account' }>;

export interface FilesWorldOptions extends Partial<Pick<UploadsOptions, 'maxBytes' | 'expiryMs' | 'freeBytes'>> {
  /** The default is a disk storage in a folder of its own. */
  storage?: S3Storage;
  /** Whether new files wait for a virus scanner. */
  scanned?: boolean;
  /** Given, the jobs are run and not only sent. */
  processor?: (given: { db: Database; storage: Storage; directory: string }) => Promise<PreviewProcessor>;
  /** Given, renditions are made by jobs. */
  renderer?: (given: { db: Database; storage: Storage; directory: string }) => Promise<Renderer>;
  /** Shared by instances that are to be processes of one installation. */
  shared?: { database: TestDatabase; folder: string };
}

/** Two schools with two teachers in the first one, and an office of no school. */
async function people({ db }: TestDatabase) {
  const school = async (name: string) => {
    const insert = db
      .insertInto('school')
      .values({ name })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }));
    return (await insert.returning('id').executeTakeFirstOrThrow()).id;
  };
  const lead = await school('中心小学');
  const stranger = await school('南湾小学');
  const account = async (login: string, schoolId: string): Promise<AccountActor> => {
    const insert = db
      .insertInto('account')
      .values({ login, name: login, email: `${login}@tongke.test`, role: 'teacher', school_id: schoolId })
      .onConflict((conflict) => conflict.column('login').doUpdateSet({ name: login }));
    const { id } = await insert.returning('id').executeTakeFirstOrThrow();
    return { kind: 'account', id, role: 'teacher', schoolId, allianceIds: [] };
  };
  return {
    teacher: await account('teacher', lead),
    colleague: await account('colleague', lead),
    stranger: await account('stranger', stranger),
  };
}

/**
 * The routes of uploads and files on real services, without the rest of the application: who asks is named by the
 * header `x-actor`, and what other features would answer is set by `readers`.
 */
export async function createFilesWorld(options: FilesWorldOptions = {}) {
  const database = options.shared?.database ?? (await createTestDatabase());
  const folder = options.shared?.folder ?? (await mkdtemp(join(tmpdir(), 'files-')));
  // Converters run as somebody else, who must be able to pass.
  await chmod(folder, 0o711);
  const storage: DiskStorage | S3Storage =
    options.storage ?? (await createDiskStorage({ directory: join(folder, 'objects') }));
  const { db } = database;
  const jobs = createJobs({ databaseUrl: database.url, log });

  const accounts = await people(database);
  const actors: Record<string, Actor> = {
    ...accounts,
    office: { kind: 'account', id: accounts.teacher.id, role: 'office', schoolId: null, allianceIds: [] },
    device: { kind: 'device', id: accounts.teacher.id, roomId: accounts.teacher.id, schoolId: '', allianceIds: [] },
  };
  const readers = { resource: new Set<string>(), editing: new Set<string>(), slides: new Set<string>() };
  const downloads: { actorId: string; fileId: string }[] = [];
  const failures: unknown[] = [];
  const files = createFileService({
    db,
    storage,
    jobs,
    scanned: options.scanned ?? false,
    derived: createDerivedImages({ db, storage, onFailure: (error) => failures.push(error) }),
    mayReadResource: async (actor) => readers.resource.has(actor.id),
    mayReadAsSlides: async (actor) => readers.slides.has(actor.id),
    countDownload: async (actor, { id }) => void downloads.push({ actorId: actor.id, fileId: id }),
  });
  const captions = createCaptionService({
    db,
    files,
    outbox: createOutbox(),
    decode: (bytes) => decodeText(bytes, false),
    searchable: textForSearch,
    mayEditResource: async (actor) => readers.editing.has(actor.id),
  });
  const playback = createPlaybackService({
    db,
    files,
    titlesOf: async (actor, ids) => new Map(readers.resource.has(actor.id) ? ids.map((id) => [id, '课'] as const) : []),
  });
  const expiryMs = options.expiryMs ?? 3_600_000;
  const store = await createUploadStore(storage, { directory: join(folder, 'uploads'), expiryMs });
  const uploads = createUploads({
    db,
    databaseUrl: database.url,
    log,
    store,
    files,
    lockQuota,
    freeBytes: options.freeBytes ?? storage.freeBytes,
    maxBytes: options.maxBytes ?? 1024 ** 3,
    expiryMs,
    path: '/api/uploads',
  });

  if (options.processor) {
    handleFileJobs(jobs, { db, storage, files });
    handleUploadJobs(jobs, uploads);
    const previews = await options.processor({ db, storage, directory: join(folder, 'tmp') });
    handlePreviewJobs(jobs, { db, previews, concurrency: 2, nextAfterSeconds: 1 });
  } else for (const job of [processFileJob, eraseFileJob, sweepFilesJob]) jobs.declare(job);
  if (options.renderer) {
    handleRenditionJobs(jobs, db, await options.renderer({ db, storage, directory: join(folder, 'renditions') }), 1);
  }
  await jobs.start();

  const app = createRouter();
  app.onError(answerFailure);
  app.use(async (c, next) => {
    c.set('log', log);
    c.set('requestId', 'test');
    c.set('actor', actors[c.req.header('x-actor') ?? ''] ?? null);
    await next();
  });
  app.route('/api', uploadRoutes({ uploads }));
  app.route('/api', fileRoutes({ files }));
  app.route('/api', captionRoutes({ captions }));
  app.route('/api', playbackRoutes({ playback }));
  app.route('/api', renditionRoutes({ renditions: createRenditionService({ db, storage, files }) }));

  const servers: ServerType[] = [];
  const request = (path: string, { as = 'teacher', ...init }: RequestInit & { as?: string } = {}) => {
    const headers = new Headers(init.headers);
    headers.set('x-actor', as);
    return app.request(`/api${path}`, { ...init, headers });
  };

  return {
    database,
    db,
    folder,
    storage,
    store,
    jobs,
    files,
    uploads,
    captions,
    accounts,
    readers,
    downloads,
    failures,
    request,

    /** Status and code of a refusal, as `404 not_found`. */
    async refusal(path: string, init?: RequestInit & { as?: string }) {
      const response = await request(path, init);
      const { code } = (await response.json()) as { code: string };
      return `${response.status} ${code}`;
    },

    /** A socket, for what is only seen on one. */
    async listen(): Promise<string> {
      const { promise, resolve } = Promise.withResolvers<number>();
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
      servers.push(server);
      return `http://127.0.0.1:${await promise}/api`;
    },

    async close() {
      for (const server of servers) {
        if ('closeAllConnections' in server) server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      await uploads.close();
      await jobs.stop(0);
      if (options.shared) return;
      await storage.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type FilesWorld = Awaited<ReturnType<typeof createFilesWorld>>;

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Headers that create an upload. */
export function creation(name: string, bytes: number, more: Record<string, string> = {}): Record<string, string> {
  const metadata = { filename: name, ...more };
  return {
    'tus-resumable': '1.0.0',
    'upload-length': String(bytes),
    'upload-metadata': Object.entries(metadata)
      .map(([key, value]) => `${key} ${base64(value)}`)
      .join(','),
  };
}

/** Headers that send the bytes from `offset` on. */
export function continuation(offset: number): Record<string, string> {
  return {
    'tus-resumable': '1.0.0',
    'upload-offset': String(offset),
    'content-type': 'application/offset+octet-stream',
  };
}

/** Uploads whole content at once. @returns the id. */
export async function upload(world: FilesWorld, name: string, content: Uint8Array, as = 'teacher'): Promise<string> {
  const created = await world.request('/uploads', { as, method: 'POST', headers: creation(name, content.byteLength) });
  if (created.status !== 201) throw new Error(`not created: ${created.status} ${await created.text()}`);
  const id = created.headers.get('location')?.split('/').at(-1) ?? '';
  const sent = await world.request(`/uploads/${id}`, {
    as,
    method: 'PATCH',
    headers: continuation(0),
    body: Buffer.from(content),
  });
  if (sent.status !== 204) throw new Error(`not sent: ${sent.status} ${await sent.text()}`);
  return id;
}
