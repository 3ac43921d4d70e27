import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { pingDatabase } from '../../server/database/database.ts';
import { defineJob, PermanentJobError } from '../../server/jobs/definition.ts';
import { createJobs, type Jobs } from '../../server/jobs/jobs.ts';
import { faultOf } from '../../server/system/faults.ts';
import { createSystemService, type PartReport, type Probe, type SystemOptions } from '../../server/system/service.ts';
import { createTestDatabase, type TestDatabase } from '../environment/database.ts';
import { outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

let database: TestDatabase;
let jobs: Jobs;
let folder: string;
let world: World;
/** Whether what the test's job stumbles over is gone. */
let repaired = false;
let searchState: () => Promise<PartReport>;

const job = defineJob({ name: 'test.system', payload: z.object({}), retryLimit: 0 });

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
    deadJobs: jobs.dead,
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
  jobs = createJobs({ databaseUrl: database.url, log: pino({ level: 'silent' }) });
  jobs.handle(job, () => (repaired ? Promise.resolve() : Promise.reject(new PermanentJobError('the page was blank'))));
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
      deadJobs: 0,
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

describe('dead jobs', () => {
  it('are shown to administrators and tried again', async () => {
    await jobs.send(database.db, job, {});
    const admin = await world.signIn('admin');
    const list = async () =>
      (
        (await (await admin.get('/api/system/jobs/dead')).json()) as {
          items: { id: string; name: string; failure: string }[];
        }
      ).items;
    await vi.waitFor(async () => expect(await list()).toHaveLength(1), { timeout: 10_000, interval: 100 });
    const [dead] = await list();
    expect(dead).toMatchObject({ name: 'test.system', failure: expect.stringContaining('the page was blank') });
    expect(await (await admin.get('/api/system/status')).json()).toMatchObject({ deadJobs: 1 });
    repaired = true;
    expect(await outcome(admin.post(`/api/system/jobs/${dead?.id}/retry`))).toBe('204');
    expect(await list()).toEqual([]);
    expect(await outcome(admin.post(`/api/system/jobs/${dead?.id}/retry`))).toBe('404 not_found');
  });

  it('are nobody else’s', async () => {
    const admin = await world.signIn('admin');
    expect(await outcome(admin.post('/api/system/jobs/019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21/retry'))).toBe(
      '404 not_found',
    );
    expect(await outcome(admin.post('/api/system/jobs/1/retry'))).toBe('400 invalid_input');
    expect(await outcome((await world.signIn('operator')).get('/api/system/jobs/dead'))).toBe('403 forbidden');
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
