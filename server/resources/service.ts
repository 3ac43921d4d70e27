import { z } from 'zod';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { File } from '../files/schema.ts';
import { readCursor, writeCursor } from '../http/page.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { ResourceRetention } from '../retention/schema.ts';
import type { Sightings } from '../trail/sightings.ts';
import { type Details, recordEvent } from '../trail/trail.ts';
import { removeResourceJob } from './jobs.ts';
import { mayContribute, mayEdit } from './policy.ts';
import type { ResourceInk, ResourceRecording } from './recording-schema.ts';
import {
  countDownload,
  countView,
  findOwner,
  findVisible,
  insertResource,
  isVisible,
  keepRevision,
  listOwned,
  listTitles,
  lockVisible,
  nodeExists,
  type PageKey,
  removeDeleted,
  setFiles,
  softDelete,
  updateResource,
} from './repository.ts';
import type {
  CreateResource,
  ListMineQuery,
  Resource,
  ResourceList,
  ResourceSearchResult,
  ResourceStatus,
  SearchQuery,
  SuggestionQuery,
  Suggestions,
  UpdateResource,
} from './schema.ts';
import type { ResourceSearch } from './search.ts';
import { type PlacesOf, summariesOf } from './summary.ts';

export interface ResourceServiceOptions {
  db: Database;
  outbox: Outbox;
  search: ResourceSearch;
  placesOf: PlacesOf;
  /** A resource's files, in their order, as the actor is told of them. */
  filesOf: (actor: Actor, resourceId: string) => Promise<File[]>;
  /** What a resource of kind class_recording is the recording of; null for others. */
  recordingOf: (resourceId: string) => Promise<ResourceRecording | null>;
  /** What was drawn on the slides of that lesson. */
  inkShown: (resourceId: string) => Promise<ResourceInk>;
  /** How long it is kept; null for what no class session left behind. */
  retentionOf: (resourceId: string) => Promise<ResourceRetention | null>;
  jobs: Pick<Jobs, 'send'>;
  /** Told of who looks at what. */
  sightings?: Pick<Sightings, 'note'>;
}

export interface ResourceService {
  search(actor: Actor, query: SearchQuery): Promise<ResourceSearchResult>;
  suggest(actor: Actor, query: SuggestionQuery): Promise<Suggestions>;
  listMine(actor: AccountActor, query: ListMineQuery): Promise<ResourceList>;
  /** @throws AppError not_found, also for what the actor may not see. */
  get(actor: Actor, id: string): Promise<Resource>;
  /** What was drawn on the slides of a recorded lesson. @throws AppError not_found, also for what the actor may not see. */
  ink(actor: Actor, id: string): Promise<ResourceInk>;
  create(actor: AccountActor, input: CreateResource): Promise<Resource>;
  /** @throws AppError revision_outdated when somebody else changed it since. */
  update(actor: AccountActor, id: string, input: UpdateResource): Promise<Resource>;
  publish(actor: AccountActor, id: string): Promise<Resource>;
  /** Back to a draft, which only its owner sees. */
  withdraw(actor: AccountActor, id: string): Promise<void>;
  /** Gone for everybody at once; a week later a job removes it for good. */
  delete(actor: AccountActor, id: string): Promise<void>;
  /** The same by the server itself, in the transaction of whoever has found that its time is over, and holds its row. */
  expire(tx: DatabaseTransaction, id: string, details: Details): Promise<void>;
  /** Takes a deleted resource out of the database; its files go with the next sweep of what is unused. */
  remove(id: string): Promise<void>;
  isVisible(actor: Actor, id: string): Promise<boolean>;
  isEditable(actor: Actor, id: string): Promise<boolean>;
  /** Of those that the actor sees. */
  titlesOf(actor: Actor, ids: readonly string[]): Promise<Map<string, string>>;
  countDownload(id: string): Promise<void>;
}

// Time for an operator to bring back what was deleted by mistake.
const KEPT_SECONDS = 7 * 24 * 60 * 60;

export function createResourceService(options: ResourceServiceOptions): ResourceService {
  const { db, outbox, search, placesOf, filesOf, recordingOf, inkShown, retentionOf, jobs } = options;

  async function requireNode(tx: DatabaseTransaction, nodeId: string | null | undefined): Promise<void> {
    if (typeof nodeId === 'string' && !(await nodeExists(tx, nodeId))) {
      throw wrongInput('nodeId', 'is no place of the catalog');
    }
  }

  async function attach(
    tx: DatabaseTransaction,
    actor: AccountActor,
    resource: { id: string; ownerId: string },
    fileIds: readonly string[],
  ): Promise<void> {
    const { removed, refused } = await setFiles(tx, resource, fileIds);
    for (const id of removed)
      await recordEvent(tx, 'file.removed', { actor, id, details: { resourceId: resource.id } });
    if (refused.length === 0) return;
    const errors = refused.map((id) => ({
      path: `fileIds.${fileIds.indexOf(id)}`,
      message: 'is not an unused upload of yours',
    }));
    throw new AppError('invalid_input', { errors });
  }

  /** Locks a resource that the actor sees and may change. */
  async function lockEditable(tx: DatabaseTransaction, actor: AccountActor, id: string) {
    const resource = await lockVisible(tx, actor, id);
    if (!resource) throw new AppError('not_found');
    if (!mayEdit(actor, resource)) throw new AppError('forbidden');
    return resource;
  }

  async function recordChange(tx: DatabaseTransaction, id: string, accountId: string): Promise<void> {
    await keepRevision(tx, id, accountId);
    await outbox.markChanged(tx, 'resource', id);
  }

  /** Actor null: the server itself. */
  async function discard(
    tx: DatabaseTransaction,
    id: string,
    actor: AccountActor | null,
    details: Details,
  ): Promise<void> {
    await softDelete(tx, id);
    await recordEvent(tx, 'resource.deleted', { actor, id, details });
    await outbox.markChanged(tx, 'resource', id);
    await jobs.send(tx, removeResourceJob, { resourceId: id }, { delaySeconds: KEPT_SECONDS });
  }

  async function read(actor: Actor, id: string): Promise<Resource> {
    const row = await findVisible(db, actor, id);
    if (!row) throw new AppError('not_found');
    const editable = mayEdit(actor, row);
    const [summaries, files, recording, retention] = await Promise.all([
      summariesOf([row], placesOf),
      filesOf(actor, id),
      row.kind === 'class_recording' ? recordingOf(id) : null,
      // It stays a recording whatever kind somebody calls it.
      editable ? retentionOf(id) : null,
    ]);
    const [summary] = summaries;
    if (!summary) throw new AppError('not_found');
    return { ...summary, description: row.description, files, recording, retention, mayEdit: editable };
  }

  async function setStatus(actor: AccountActor, id: string, status: ResourceStatus): Promise<void> {
    await db.transaction().execute(async (tx) => {
      const resource = await lockEditable(tx, actor, id);
      if (resource.status === status) return;
      await updateResource(tx, id, { status });
      await recordChange(tx, id, actor.id);
      await recordEvent(tx, status === 'published' ? 'resource.published' : 'resource.withdrawn', { actor, id });
    });
  }

  return {
    search: search.search,
    suggest: search.suggest,

    async listMine(actor, { status, limit, cursor }) {
      const after = cursor === undefined ? undefined : readPageKey(cursor);
      const rows = await listOwned(db, actor.id, { status, after, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        items: await summariesOf(shown, placesOf),
        nextCursor: last ? writeCursor([last.pageKey, last.id]) : null,
      };
    },

    async get(actor, id) {
      const resource = await read(actor, id);
      const own = actor.kind === 'account' && actor.id === resource.owner.id;
      if (own || resource.status === 'draft') return resource;
      await countView(db, id);
      options.sightings?.note('resource.viewed', { actor, id, title: resource.title, schoolId: resource.school.id });
      return { ...resource, views: resource.views + 1 };
    },

    async ink(actor, id) {
      if (!(await isVisible(db, actor, id))) throw new AppError('not_found');
      return await inkShown(id);
    },

    async create(actor, input) {
      if (!mayContribute(actor)) {
        throw new AppError('forbidden', { detail: 'Only school accounts can add resources to the library.' });
      }
      const { fileIds, publish, ...fields } = input;
      const id = await db.transaction().execute(async (tx) => {
        await requireNode(tx, fields.nodeId);
        const made = await insertResource(tx, actor, fields, publish);
        await attach(tx, actor, { id: made, ownerId: actor.id }, fileIds);
        await recordChange(tx, made, actor.id);
        const { kind, visibility } = fields;
        await recordEvent(tx, 'resource.created', { actor, id: made, details: { kind, visibility } });
        if (publish) await recordEvent(tx, 'resource.published', { actor, id: made });
        return made;
      });
      return read(actor, id);
    },

    async update(actor, id, { revision, fileIds, ...change }) {
      await db.transaction().execute(async (tx) => {
        const resource = await lockEditable(tx, actor, id);
        if (resource.revision !== revision) throw new AppError('revision_outdated');
        await requireNode(tx, change.nodeId);
        const details = { revision: await updateResource(tx, id, change) };
        if (fileIds) await attach(tx, actor, resource, fileIds);
        await recordChange(tx, id, actor.id);
        await recordEvent(tx, 'resource.changed', { actor, id, details });
        const [from, to] = [resource.visibility, change.visibility ?? resource.visibility];
        if (from !== to) await recordEvent(tx, 'visibility.changed', { actor, id, details: { from, to } });
      });
      return read(actor, id);
    },

    async publish(actor, id) {
      await setStatus(actor, id, 'published');
      return read(actor, id);
    },

    withdraw: (actor, id) => setStatus(actor, id, 'draft'),

    async delete(actor, id) {
      await db.transaction().execute(async (tx) => {
        await lockEditable(tx, actor, id);
        await discard(tx, id, actor, {});
      });
    },

    expire: (tx, id, details) => discard(tx, id, null, details),

    remove: (id) => removeDeleted(db, id),

    isVisible: (actor, id) => isVisible(db, actor, id),

    async isEditable(actor, id) {
      const resource = await findOwner(db, actor, id);
      return resource !== undefined && mayEdit(actor, resource);
    },

    titlesOf: async (actor, ids) =>
      new Map((await listTitles(db, actor, ids)).map(({ id, title }) => [id, title] as const)),

    async countDownload(id) {
      await db.transaction().execute(async (tx) => {
        await countDownload(tx, id);
        // Its rank by use is a part of the index.
        await outbox.markChanged(tx, 'resource', id);
      });
    },
  };
}

const pageKeySchema = z.tuple([z.iso.datetime(), z.uuid()]);

function readPageKey(cursor: string): PageKey {
  const [updatedAt, id] = readCursor(cursor, pageKeySchema);
  return { updatedAt, id };
}

function wrongInput(path: string, message: string): AppError {
  return new AppError('invalid_input', { errors: [{ path, message }] });
}
