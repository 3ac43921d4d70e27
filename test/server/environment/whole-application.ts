import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createApp } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { createMetrics } from '../../../server/http/metrics.ts';
import { createOutbox } from '../../../server/outbox/outbox.ts';
import { openParts } from '../../../server/parts.ts';
import { probesOf } from '../../../server/probes.ts';
import { startServices } from '../../../server/services.ts';
import { createShutdown } from '../../../server/shutdown.ts';
import { createSystemService } from '../../../server/system/service.ts';
import { createUndoneList } from '../../../server/system/undone.ts';
import { createTestDatabase } from '../../environment/database.ts';
import { testMeilisearch, testWorkerBin } from '../../environment/services.ts';
import { freePorts } from '../../media/environment/ports.ts';
import { people } from './people.ts';
import { visitorsOf } from './visitors.ts';

/** Every feature, wired as the product itself wires them, on real parts and a database of its own. */
export async function createWholeApplication() {
  const log = pino({ level: process.env.LOG_LEVEL ?? 'error' });
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'tongke-whole-'));
  const meilisearch = testMeilisearch();
  const config = readConfig({
    DATA_DIR: folder,
    DATABASE_URL: database.url,
    MEILI_URL: meilisearch.url,
    MEILI_KEY: meilisearch.key,
    MEILI_INDEX: `whole_${randomBytes(6).toString('hex')}`,
    MEDIASOUP_WORKER_BIN: testWorkerBin(),
    MEDIA_WORKERS: '1',
    MEDIA_PORT: String(await freePorts(1)),
  });
  const shutdown = createShutdown({ log, partMs: 5_000, wholeMs: 20_000 });
  const parts = await openParts({ config, dataDir: folder, log, shutdown });
  const started = await startServices({ config, dataDir: folder, parts, log, shutdown });
  const { db, pool } = parts.database;
  const startedAt = new Date();
  const undone = createUndoneList({
    db: parts.database.db,
    deadJobs: parts.jobs.dead,
    outbox: createOutbox(),
    titlesOf: (actor, ids) => started.services.resources.titlesOf(actor, ids),
  });
  const system = createSystemService({
    probes: probesOf(parts, started.index, started.classroom, []),
    undone,
    version: 'test',
    startedAt,
    versions: () => Promise.resolve([]),
    dataDir: folder,
    known: [],
  });
  const app = createApp({
    log,
    metrics: createMetrics(),
    metricsToken: null,
    identity: {
      ...{ db, pool, authentication: started.authentication, secret: started.cookieSecret },
      keyUsed: (deviceId) => started.services.devices.keyUsed(deviceId),
    },
    services: { ...started.services, system, authority: null },
    publicOrigin: null,
    trustedProxies: [],
    storeOrigin: null,
    webRoot: null,
  });
  const seeded = await people(db);
  return {
    app,
    db,
    storage: parts.storage,
    services: started.services,
    classroom: started.classroom,
    ...seeded,
    ...visitorsOf({ app, db, devices: started.services.devices, people: seeded }),
    async close() {
      await shutdown.run();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type WholeApplication = Awaited<ReturnType<typeof createWholeApplication>>;
