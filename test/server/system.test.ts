import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { pingDatabase } from '../../server/database/database.ts';
import { AppError, withCauses } from '../../server/errors.ts';
import { defineJob, PermanentJobError } from '../../server/jobs/definition.ts';
import { createJobs, type Jobs } from '../../server/jobs/jobs.ts';
import { createOutbox } from '../../server/outbox/outbox.ts';
import { faultOf } from '../../server/system/faults.ts';
import type { Undone } from '../../server/system/schema.ts';
import { createSystemService, type PartReport, type Probe, type SystemOptions } from '../../server/system/service.ts';
import { createUndoneList } from '../../server/system/undone.ts';
import type { Action } from '../../server/trail/actions.ts';
import { createTestDatabase, type TestDatabase } from '../environment/database.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { type People, people } from './environment/people.ts';
import { createWorld, type World } from './environment/world.ts';

let database: TestDatabase;
let jobs: Jobs;
let folder: string;
let world: World;
/** Whether what the test's job stumbles over is gone. */
let repaired = false;
let done = 0;
let searchState: () => Promise<PartReport>;

const payload = z.object({ fileId: z.uuid(), recordingId: z.uuid() }).partial();
const job = defineJob({ name: 'test.system', payload, retryLimit: 0 });
/** What is undone is read here; who asks is of `world`. */
let seeded: People;
/** What the reader may open. */
const titles = new Map<string, string>();

const probes: Probe[] = [
  {
    name: 'database',
    required: true,
    async check() {
      await pingDatabase(database.db);
      return { state: 'working' };
    },
  },
  { name: 'search', required: false, check: () => searchState() },
];

function systemOf(options: Partial<SystemOptions> = {}) {
  return createSystemService({
    probes,
    undone: createUndoneList({
      db: database.db,
      deadJobs: jobs.dead,
      outbox: createOutbox(),
      titlesOf: () => Promise.resolve(titles),
    }),
    version: '0.1.0',
    startedAt: new Date('2026-09-01T00:00:00Z'),
    versions: () => Promise.resolve([{ name: 'node', version: process.version }]),
    dataDir: folder,
    known: [],
    ...options,
  });
}

beforeAll(async () => {
  searchState = () => Promise.resolve({ state: 'working' });
  folder = await mkdtemp(join(tmpdir(), 'tongke-system-'));
  database = await createTestDatabase();
  seeded = await people(database.db);
  jobs = createJobs({ databaseUrl: database.url, log: pino({ level: 'silent' }) });
  jobs.handle(job, async () => {
    if (!repaired) throw new PermanentJobError('the page was blank');
    done += 1;
  });
  await jobs.start();
  world = await createWorld({
    services: {
      system: systemOf({ known: [faultOf('pages_not_built', { subject: 'web/dist' })] }),
      authority: '-----BEGIN CERTIFICATE-----\n',
    },
  });
});
afterAll(async () => {
  await jobs.stop(0);
  await Promise.all([world.close(), database.close(), rm(folder, { recursive: true })]);
});

describe('the status of the system', () => {
  it('names every part, what is wrong, the versions and the disk', async () => {
    searchState = () =>
      Promise.resolve({ state: 'degraded', faults: [{ code: 'soffice_missing', subject: 'soffice' }] });
    const operator = await world.signIn('operator');
    const status = (await (await operator.get('/api/system/status')).json()) as Record<string, unknown>;
    expect(status).toMatchObject({
      version: '0.1.0',
      startedAt: '2026-09-01T00:00:00.000Z',
      parts: [
        { name: 'database', state: 'working' },
        { name: 'search', state: 'degraded' },
      ],
      faults: [
        { code: 'pages_not_built', part: null, subject: 'web/dist', detail: null },
        { code: 'soffice_missing', part: 'search', subject: 'soffice', detail: null },
      ],
      versions: [{ name: 'node', version: process.version }],
      undone: 0,
    });
    const disk = z.object({ freeBytes: z.number().positive(), totalBytes: z.number().positive() }).parse(status.disk);
    expect(disk.totalBytes).toBeGreaterThan(disk.freeBytes);
  });

  it('tells each fault once: what the start knew of a part stands in place of its refusal', async () => {
    searchState = () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:9'));
    const known = [faultOf('search_not_started', { part: 'search', subject: 'Meilisearch', detail: 'not found' })];
    expect(await systemOf({ known }).status()).toMatchObject({ parts: [{}, { state: 'failed' }], faults: known });
    expect((await systemOf().status()).faults).toEqual([
      faultOf('not_working', { part: 'search', detail: 'connect ECONNREFUSED 127.0.0.1:9' }),
    ]);
  });

  it('is for administrators and operators', async () => {
    expect(await outcome((await world.signIn('admin')).get('/api/system/status'))).toBe('200');
    expect(await outcome((await world.signIn('principal')).get('/api/system/status'))).toBe('403 forbidden');
    expect(await outcome(world.open().get('/api/system/status'))).toBe('401 not_signed_in');
  });
});

describe('readiness', () => {
  const ready = async () => {
    const response = await world.open().get('/readyz');
    return { status: response.status, body: await response.text() };
  };

  it('holds while every required part works, and tells strangers no cause', async () => {
    searchState = () => Promise.reject(new Error('connect ECONNREFUSED 10.1.2.3:7700'));
    const { status, body } = await ready();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ ready: true, parts: [{ state: 'working' }, { state: 'failed' }] });
    expect(body).not.toContain('10.1.2.3');
  });

  it('is asked for once by many at once', async () => {
    let asked = 0;
    const check = async () => {
      asked += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { state: 'working' } as const;
    };
    const system = systemOf({ probes: [{ name: 'database', required: true, check }] });
    const answers = await Promise.all(Array.from({ length: 20 }, () => system.readiness()));
    expect(answers.every(({ ready }) => ready)).toBe(true);
    expect(asked).toBe(1);
    await system.readiness();
    expect(asked).toBe(2);
  });

  it('counts a part that does not answer as failed', async () => {
    searchState = () => new Promise(() => undefined);
    const { status, body } = await ready();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ parts: [{ name: 'database' }, { name: 'search', state: 'failed' }] });
  });

  it('ends when a required part fails, while the process stays alive', async () => {
    searchState = () => Promise.resolve({ state: 'working' });
    const other = await createTestDatabase();
    await other.close();
    const probe: Probe = {
      name: 'database',
      required: true,
      async check() {
        await pingDatabase(other.db);
        return { state: 'working' };
      },
    };
    const broken = await createWorld({ peopled: false, services: { system: systemOf({ probes: [probe] }) } });
    expect((await broken.open().get('/readyz')).status).toBe(503);
    expect((await broken.open().get('/healthz')).status).toBe(200);
    await broken.close();
  });
});

describe('what could not be done', () => {
  const patience = { timeout: 10_000, interval: 100 };
  let admin: Browser;
  beforeAll(async () => {
    admin = await world.signIn('admin');
  });
  const list = async () => ((await (await admin.get('/api/system/undone')).json()) as { items: Undone[] }).items;
  const listed = async (id: string | undefined) => (await list()).find((item) => item.id === id);

  async function addResource(title: string): Promise<string> {
    const owner = { school_id: seeded.schools.lead, owner_id: seeded.accounts['teacher-lead'] ?? '' };
    const row = { kind: 'lesson_plan', licence: 'cc_by', visibility: 'school', status: 'published' } as const;
    const { id } = await database.db
      .insertInto('resource')
      .values({ title, ...owner, ...row })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
  async function addFile(name: string, resourceId: string | null): Promise<string> {
    const row = {
      name,
      resource_id: resourceId,
      school_id: seeded.schools.lead,
      bytes: 1,
      object_key: `files/${name}`,
    };
    const { id } = await database.db
      .insertInto('file')
      .values({ ...row, media_type: 'application/pdf' })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
  /** @returns the job once it is given up. */
  async function givenUp(about: z.input<typeof payload>) {
    const before = new Set((await jobs.dead.list()).map(({ id }) => id));
    await jobs.send(database.db, job, about);
    return await vi.waitFor(async () => {
      const dead = (await jobs.dead.list()).find(({ id }) => !before.has(id));
      if (!dead) throw new Error('not given up yet');
      return dead;
    }, patience);
  }

  const written = (action: Action) =>
    database.db
      .selectFrom('audit_event')
      .select(['actor_id', 'subject_kind', 'subject_id', 'subject_title', 'subject_school_id', 'details'])
      .where('action', '=', action)
      .orderBy('id')
      .execute();

  it('is nothing at first', async () => {
    expect(await list()).toEqual([]);
  });

  it('is a job that was given up, until it is tried again', async () => {
    await jobs.send(database.db, job, {});
    await vi.waitFor(async () => expect(await list()).toHaveLength(1), patience);
    const [dead] = await list();
    expect(dead).toMatchObject({
      kind: 'job',
      job: 'test.system',
      name: null,
      school: null,
      tries: 1,
      reason: 'other',
    });
    expect(dead?.failure).toContain('the page was blank');
    expect(await (await admin.get('/api/system/status')).json()).toMatchObject({ undone: 1 });
    repaired = true;
    expect(await outcome(admin.post(`/api/system/undone/job/${dead?.id}/retry`))).toBe('204');
    expect(await list()).toEqual([]);
    expect(await outcome(admin.post(`/api/system/undone/job/${dead?.id}/retry`))).toBe('404 not_found');
    await vi.waitFor(() => expect(done).toBe(1), patience);
    repaired = false;
    // Once: what was not undone any more is not written down.
    expect(await written('job.retried')).toEqual([
      {
        ...{ actor_id: world.accounts['admin-lead'], subject_kind: 'job', subject_id: dead?.id, subject_title: '' },
        ...{ subject_school_id: null, details: { job: 'test.system' } },
      },
    ]);
  });

  it('says which file a job is about, until that is deleted', async () => {
    const resourceId = await addResource('圆的周长');
    titles.set(resourceId, '圆的周长');
    const fileId = await addFile('圆的周长.pdf', resourceId);
    const { id } = await givenUp({ fileId });
    expect(await listed(id)).toMatchObject({ name: '圆的周长.pdf', resourceId, school: '中心小学' });
    await database.db.updateTable('file').set({ deleted_at: new Date() }).where('id', '=', fileId).execute();
    expect(await listed(id)).toBeUndefined();
  });

  it('is written down with what it is about, when it is tried again', async () => {
    const fileId = await addFile('对称.pdf', null);
    const { id } = await givenUp({ fileId });
    expect(await outcome(admin.post(`/api/system/undone/job/${id}/retry`))).toBe('204');
    const [last] = (await written('job.retried')).slice(-1);
    expect(last).toMatchObject({ subject_id: id, subject_title: '对称.pdf', subject_school_id: seeded.schools.lead });
    // Given up again, it is nobody’s any more.
    await database.db.updateTable('file').set({ deleted_at: new Date() }).where('id', '=', fileId).execute();
  });

  it('says which lesson a job is about, until its recording is finished after all', async () => {
    const at = new Date();
    const lesson = {
      ...{ alliance_id: seeded.alliances.ours, school_id: seeded.schools.lead, title: '比例尺' },
      ...{ presenter_id: seeded.accounts['teacher-lead'] ?? '', scheduled_start: at },
      scheduled_end: new Date(at.getTime() + 60_000),
    };
    const { db } = database;
    const session = await db.insertInto('class_session').values(lesson).returning('id').executeTakeFirstOrThrow();
    const { id: recordingId } = await db
      .insertInto('recording')
      .values({ class_session_id: session.id, state: 'failed', failure: 'unfinishable' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { id } = await givenUp({ recordingId });
    expect(await listed(id)).toMatchObject({ name: '比例尺', resourceId: null, school: '中心小学' });
    await db.updateTable('recording').set({ state: 'finished' }).where('id', '=', recordingId).execute();
    expect(await listed(id)).toBeUndefined();
  });

  it('is a resource that the index refuses, until it is to be tried again or is deleted', async () => {
    const id = await addResource('不收的资源');
    const refuse = () =>
      database.db.insertInto('index_refusal').values({ resource_id: id, reason: 'invalid_vectors_type' }).execute();
    await refuse();
    expect(await listed(id)).toMatchObject({
      ...{ kind: 'document', name: '不收的资源', school: '中心小学', job: null, tries: null },
      ...{ reason: 'refused', failure: 'invalid_vectors_type', resourceId: null },
    });
    titles.set(id, '不收的资源');
    expect(await listed(id)).toMatchObject({ resourceId: id });
    expect(await outcome(admin.post(`/api/system/undone/document/${id}/retry`))).toBe('204');
    expect(await listed(id)).toBeUndefined();
    const marked = database.db.selectFrom('outbox').select('entity').where('entity_id', '=', id);
    expect(await marked.execute()).toEqual([{ entity: 'resource' }]);
    expect(await outcome(admin.post(`/api/system/undone/document/${id}/retry`))).toBe('404 not_found');
    expect(await marked.execute()).toHaveLength(1);
    expect(await written('indexing.retried')).toEqual([
      {
        ...{
          actor_id: world.accounts['admin-lead'],
          subject_kind: 'resource',
          subject_id: id,
          subject_title: '不收的资源',
        },
        ...{ subject_school_id: seeded.schools.lead, details: {} },
      },
    ]);
    await refuse();
    await database.db.updateTable('resource').set({ deleted_at: new Date() }).where('id', '=', id).execute();
    expect(await listed(id)).toBeUndefined();
  });

  it('is an upload that finds no end, with words for what is in the way', async () => {
    const id = '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b22';
    const owner_id = seeded.accounts['teacher-lead'] ?? '';
    const upload = { id, owner_id, school_id: seeded.schools.lead, name: '鸡兔同笼.mp4', bytes: 9 };
    const failure = withCauses(new AppError('storage_unavailable', { cause: new Error('connect ECONNREFUSED') }));
    await database.db.insertInto('upload').values(upload).execute();
    expect(await listed(id)).toBeUndefined();
    await database.db.updateTable('upload').set({ failure, failed_at: new Date() }).where('id', '=', id).execute();
    expect(await listed(id)).toMatchObject({
      kind: 'upload',
      name: '鸡兔同笼.mp4',
      school: '中心小学',
      reason: 'storage',
    });
    expect(await outcome(admin.post(`/api/system/undone/upload/${id}/retry`))).toBe('400 invalid_input');
    await database.db.updateTable('upload').set({ finished_at: new Date() }).where('id', '=', id).execute();
    expect(await listed(id)).toBeUndefined();
  });

  it('is nobody else’s', async () => {
    expect(await outcome(admin.post('/api/system/undone/job/019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21/retry'))).toBe(
      '404 not_found',
    );
    expect(await outcome(admin.post('/api/system/undone/job/1/retry'))).toBe('400 invalid_input');
    expect(await outcome((await world.signIn('operator')).get('/api/system/undone'))).toBe('403 forbidden');
  });
});

describe('the root certificate', () => {
  it('is given to everybody, where there is one', async () => {
    const response = await world.open().get('/api/authority.crt');
    expect(response.headers.get('content-type')).toBe('application/x-x509-ca-cert');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="tongke-authority.crt"');
    expect(await response.text()).toContain('BEGIN CERTIFICATE');
    const without = await createWorld({ peopled: false });
    expect(await outcome(without.open().get('/api/authority.crt'))).toBe('404 not_found');
    await without.close();
  });
});
