import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Meilisearch } from 'meilisearch';
import { pino } from 'pino';
import { createMeilisearchIndex } from '../../search/index.ts';
import { catalogRoutes } from '../../server/catalog/routes.ts';
import { createCatalogService } from '../../server/catalog/service.ts';
import { createDerivedImages } from '../../server/files/derived.ts';
import { createFileService } from '../../server/files/service.ts';
import { createJobs } from '../../server/jobs/jobs.ts';
import { createOutbox } from '../../server/outbox/outbox.ts';
import { type Relay, startRelay } from '../../server/outbox/relay.ts';
import { createResourceDocuments } from '../../server/resources/documents.ts';
import { removeResourceJob } from '../../server/resources/jobs.ts';
import { resourceRoutes } from '../../server/resources/routes.ts';
import { type Resource, resourceSummarySchema } from '../../server/resources/schema.ts';
import { createResourceSearch } from '../../server/resources/search.ts';
import { createResourceService } from '../../server/resources/service.ts';
import { createDiskStorage } from '../../server/storage/disk.ts';
import { synonymRoutes } from '../../server/synonyms/routes.ts';
import { createSynonymService } from '../../server/synonyms/service.ts';
import { createVocabulary } from '../../server/synonyms/vocabulary.ts';
import { testMeilisearch } from '../environment/services.ts';
import { createSwitchableServer } from '../environment/switchable-server.ts';
import type { Browser } from './environment/browser.ts';
import { createWorld } from './environment/world.ts';

/** Rows of textbooks, with the lessons that the tests speak of. */
export const textbooks = `学段\t学科\t版本\t主编\t年级\t册次\t单元\t课
小学\t数学\t人教版\t\t三年级\t上册\t第八单元 分数的初步认识\t几分之一
小学\t数学\t人教版\t\t三年级\t上册\t第八单元 分数的初步认识\t几分之几
小学\t数学\t人教版\t\t五年级\t下册\t第四单元 分数的意义和性质\t分数的意义
小学\t语文\t统编版\t\t五年级\t下册\t第二单元\t草船借箭
`;

/** The world with catalog, library, its real index behind a door that can be closed, and the outbox's relay. */
export async function createLibraryWorld() {
  const world = await createWorld();
  const { db, database } = world;
  const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });
  const meilisearch = testMeilisearch();
  const door = await createSwitchableServer(meilisearch.url);
  const indexName = `library_${randomBytes(6).toString('hex')}`;
  const index = createMeilisearchIndex({
    url: door.url,
    key: meilisearch.key,
    indexName,
    shown: resourceSummarySchema,
  });
  const folder = await mkdtemp(join(tmpdir(), 'tongke-library-'));
  const storage = await createDiskStorage({ directory: join(folder, 'objects') });
  const jobs = createJobs({ databaseUrl: database.url, log });
  jobs.declare(removeResourceJob);
  await jobs.start();

  const catalog = createCatalogService({ db });
  const synonyms = createSynonymService({ db });
  const outbox = createOutbox();
  const source = createResourceDocuments({
    db,
    placesOf: catalog.placesOf,
    vocabulary: createVocabulary({ catalog, synonyms }),
  });
  const files = createFileService({
    db,
    storage,
    jobs,
    derived: createDerivedImages({ db, storage, onFailure: (error) => log.warn({ err: error }, 'no smaller image') }),
    mayReadResource: (actor, id) => resources.isVisible(actor, id),
    mayReadAsSlides: () => Promise.resolve(false),
    countDownload: (_actor, file) =>
      file.resourceId === null ? Promise.resolve() : resources.countDownload(file.resourceId),
  });
  const search = createResourceSearch({
    db,
    pool: database.pool,
    index,
    catalog,
    log,
  });
  const resources = createResourceService({
    db,
    outbox,
    search,
    placesOf: catalog.placesOf,
    filesOf: files.ofResource,
    recordingOf: () => Promise.resolve(null),
    inkShown: () => Promise.resolve({ strokes: [] }),
    retentionOf: () => Promise.resolve(null),
    jobs,
  });
  world.app.route('/api', catalogRoutes({ catalog }));
  world.app.route('/api', resourceRoutes({ resources }));
  world.app.route('/api', synonymRoutes({ synonyms }));

  let relay: Relay | undefined;
  const client = new Meilisearch({ host: meilisearch.url, apiKey: meilisearch.key });

  async function addFile(login: string, name: string): Promise<string> {
    const school = Object.entries(world.schools).find(([key]) => login.endsWith(`-${key}`))?.[1] ?? '';
    const { id } = await db
      .insertInto('file')
      .values({
        owner_id: world.accounts[login],
        school_id: school,
        name,
        bytes: 1234,
        object_key: `files/${randomBytes(8).toString('hex')}`,
        media_type: 'application/pdf',
        state: 'ready',
        pages: 3,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  return {
    ...world,
    index,
    indexName,
    meilisearch: client,
    catalog,
    resources,
    source,
    door,
    addFile,
    startRelay() {
      relay = startRelay({ db, pool: database.pool, index, source, log });
      return relay;
    },
    async nodeAt(path: string): Promise<string> {
      const node = await db.selectFrom('catalog_node').select('id').where('path', '=', path).executeTakeFirstOrThrow();
      return node.id;
    },
    /** Makes a published resource through the API. */
    async publish(browser: Browser, fields: object): Promise<Resource> {
      const response = await browser.post('/api/resources', { ...draft, publish: true, ...fields });
      if (response.status !== 201) throw new Error(`not made: ${await response.text()}`);
      return (await response.json()) as Resource;
    },
    /** Waits until nothing waits for the index. */
    async carried(): Promise<void> {
      await until(async () => {
        const row = await db.selectFrom('outbox').select('id').limit(1).executeTakeFirst();
        return row === undefined;
      });
    },
    async close() {
      await relay?.stop();
      await jobs.stop(1000);
      await door.close();
      const { results } = await client.getIndexes({ limit: 1000 });
      for (const { uid } of results.filter((one) => one.uid.startsWith(indexName))) {
        await client.deleteIndex(uid).waitTask();
      }
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type LibraryWorld = Awaited<ReturnType<typeof createLibraryWorld>>;

/** The least that makes a resource. */
export const draft = {
  title: '分数的初步认识',
  kind: 'lesson_plan',
  description: '认识几分之一。',
  nodeId: null,
  licence: 'cc_by_nc_sa',
  visibility: 'alliance',
  fileIds: [],
  publish: false,
};

/** Waits for a condition, 10 s at most. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It did not happen within 10 s.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
