import { type ExpressionBuilder, sql } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import { formats, type PreviewMethod } from '../files/policy.ts';
import type { Actor } from '../http/route.ts';
import { visible } from './policy.ts';
import type { CreateResource, ResourceStatus, UpdateResource } from './schema.ts';

function filesOf(eb: ExpressionBuilder<Tables, 'resource'>) {
  return eb.selectFrom('file').whereRef('file.resource_id', '=', 'resource.id').where('file.deleted_at', 'is', null);
}

const isIn = (methods: readonly PreviewMethod[]) =>
  formats.filter(({ preview }) => methods.includes(preview)).map(({ mediaType }) => mediaType);
const documents = isIn(['office', 'pdf', 'text']);
const shown = isIn(['office', 'pdf', 'text', 'image', 'heif', 'video', 'audio', 'words']);

/** The first file that can be shown; documents, then pictures and media, before archives and what is only downloaded. */
function coverOf(eb: ExpressionBuilder<Tables, 'resource'>) {
  const thumbnail = sql<boolean>`exists (
    select from preview where preview.file_id = file.id and preview.kind in ('page', 'poster', 'image'))`;
  return jsonObjectFrom(
    filesOf(eb)
      .select([
        'file.id as fileId',
        'file.media_type as mediaType',
        sql<number | null>`coalesce(file.total_pages, file.pages)`.as('pages'),
        'file.duration_ms as durationMs',
        thumbnail.as('thumbnail'),
        'file.scan',
      ])
      .orderBy(thumbnail, 'desc')
      .orderBy(sql`file.media_type = any(${documents}::text[])`, 'desc')
      .orderBy(sql`file.media_type = any(${shown}::text[])`, 'desc')
      .orderBy('file.position')
      .orderBy('file.id')
      .limit(1),
  );
}

/** What a summary is made from, except the names of its place. */
export function resourceRows(db: Database) {
  return db
    .selectFrom('resource')
    .innerJoin('school', 'school.id', 'resource.school_id')
    .innerJoin('account', 'account.id', 'resource.owner_id')
    .select([
      'resource.id',
      'resource.title',
      'resource.kind',
      'resource.description',
      'resource.school_id as schoolId',
      'school.name as schoolName',
      'resource.owner_id as ownerId',
      'account.name as ownerName',
      'resource.catalog_node_id as nodeId',
      'resource.licence',
      'resource.visibility',
      'resource.status',
      'resource.revision',
      'resource.published_at as publishedAt',
      'resource.updated_at as updatedAt',
      'resource.downloads',
      'resource.views',
    ])
    .select((eb) => [
      coverOf(eb).as('cover'),
      filesOf(eb)
        .select((file) => file.cast<number>(file.fn.countAll(), 'integer').as('count'))
        .$asScalar()
        .$notNull()
        .as('fileCount'),
      filesOf(eb)
        .select((file) => sql<number>`coalesce(sum(${file.ref('file.bytes')}), 0)::bigint`.as('bytes'))
        .$asScalar()
        .$notNull()
        .as('bytes'),
    ]);
}
export type ResourceRow = Awaited<ReturnType<ReturnType<typeof resourceRows>['execute']>>[number];

/** Undefined when there is none, or none for this actor. */
export function findVisible(db: Database, actor: Actor, id: string): Promise<ResourceRow | undefined> {
  return resourceRows(db).where('resource.id', '=', id).where(visible(actor)).executeTakeFirst();
}

export async function isVisible(db: Database, actor: Actor, id: string): Promise<boolean> {
  const row = await db
    .selectFrom('resource')
    .select('id')
    .where('id', '=', id)
    .where(visible(actor))
    .executeTakeFirst();
  return row !== undefined;
}

/** Of those that the actor sees. */
export function listTitles(db: Database, actor: Actor, ids: readonly string[]) {
  return db
    .selectFrom('resource')
    .select(['id', 'title'])
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .where(visible(actor))
    .execute();
}

/** The owner of a resource that the actor sees. */
export function findOwner(db: Database, actor: Actor, id: string): Promise<{ ownerId: string } | undefined> {
  return db
    .selectFrom('resource')
    .select('owner_id as ownerId')
    .where('id', '=', id)
    .where(visible(actor))
    .executeTakeFirst();
}

export interface PageKey {
  updatedAt: string;
  id: string;
}

/** What an account owns, the last changed first. */
export function listOwned(
  db: Database,
  ownerId: string,
  page: { status: ResourceStatus | undefined; after: PageKey | undefined; limit: number },
) {
  const { status, after, limit } = page;
  return (
    resourceRows(db)
      // To the microsecond, which a Date would lose.
      .select(
        sql<string>`to_char(resource.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('pageKey'),
      )
      .where('resource.owner_id', '=', ownerId)
      .where('resource.deleted_at', 'is', null)
      .$if(status !== undefined, (query) => query.where('resource.status', '=', status ?? 'draft'))
      .$if(after !== undefined, (query) =>
        query.where(
          sql<boolean>`(resource.updated_at, resource.id) < (${after?.updatedAt}::timestamptz, ${after?.id}::uuid)`,
        ),
      )
      .orderBy('resource.updated_at', 'desc')
      .orderBy('resource.id', 'desc')
      .limit(limit)
      .execute()
  );
}

export async function listSchoolNames(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await db.selectFrom('school').select(['id', 'name']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export type ResourceFields = Omit<CreateResource, 'fileIds' | 'publish'>;

export async function insertResource(
  tx: DatabaseTransaction,
  owner: { id: string; schoolId: string },
  fields: ResourceFields,
  publish: boolean,
): Promise<string> {
  const { nodeId, ...columns } = fields;
  const { id } = await tx
    .insertInto('resource')
    .values({
      ...columns,
      catalog_node_id: nodeId,
      school_id: owner.schoolId,
      owner_id: owner.id,
      ...(publish && { status: 'published', published_at: sql<Date>`now()` }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Locks the row until the transaction ends. Undefined when it is not visible to the actor. */
export function lockVisible(tx: DatabaseTransaction, actor: Actor, id: string) {
  return tx
    .selectFrom('resource')
    .select(['resource.id', 'resource.owner_id as ownerId', 'resource.revision', 'resource.status'])
    .select('resource.visibility')
    .where('resource.id', '=', id)
    .where(visible(actor))
    .forUpdate()
    .executeTakeFirst();
}

export type ResourceChange = Omit<UpdateResource, 'revision' | 'fileIds'> & { status?: ResourceStatus };

/** Writes a change and counts the revision up; returns the new one. */
export async function updateResource(tx: DatabaseTransaction, id: string, change: ResourceChange): Promise<number> {
  const { nodeId, ...columns } = change;
  const { revision } = await tx
    .updateTable('resource')
    .set((eb) => ({
      ...columns,
      ...(nodeId !== undefined && { catalog_node_id: nodeId }),
      ...(change.status === 'published' && { published_at: sql<Date>`coalesce(published_at, now())` }),
      revision: eb('revision', '+', 1),
      updated_at: sql<Date>`now()`,
    }))
    .where('id', '=', id)
    .returning('revision')
    .executeTakeFirstOrThrow();
  return revision;
}

export async function softDelete(tx: DatabaseTransaction, id: string): Promise<void> {
  await tx.updateTable('resource').set({ deleted_at: sql<Date>`now()` }).where('id', '=', id).execute();
}

/** Removes what was deleted; its files then belong to no resource. */
export async function removeDeleted(db: Database, id: string): Promise<void> {
  await db.deleteFrom('resource').where('id', '=', id).where('deleted_at', 'is not', null).execute();
}

export async function nodeExists(db: Database, id: string): Promise<boolean> {
  return (await db.selectFrom('catalog_node').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}

/**
 * Makes these the resource's files, in this order, and lets go of others.
 * @returns those that it let go, and those that it refused: not the owner's, unknown, or another resource's.
 */
export async function setFiles(
  tx: DatabaseTransaction,
  resource: { id: string; ownerId: string },
  fileIds: readonly string[],
): Promise<{ removed: string[]; refused: string[] }> {
  const removed = await tx
    .updateTable('file')
    .set({ resource_id: null })
    .where('resource_id', '=', resource.id)
    .where('id', '!=', sql<string>`all(${fileIds}::uuid[])`)
    .returning('id')
    .execute();
  const attached = await sql<{ id: string }>`
    update file set resource_id = ${resource.id}, position = wish.position
    from unnest(${fileIds}::uuid[]) with ordinality as wish (id, position)
    where file.id = wish.id and file.deleted_at is null
      and (file.resource_id = ${resource.id} or (file.resource_id is null and file.owner_id = ${resource.ownerId}))
    returning file.id`.execute(tx);
  const done = new Set(attached.rows.map((row) => row.id));
  return { removed: removed.map(({ id }) => id), refused: fileIds.filter((id) => !done.has(id)) };
}

/** Keeps the resource as it is now under the number of its revision. */
export async function keepRevision(tx: DatabaseTransaction, id: string, accountId: string): Promise<void> {
  await sql`
    insert into resource_revision (resource_id, number, account_id, snapshot)
    select id, revision, ${accountId}, jsonb_build_object(
      'title', title, 'kind', kind, 'description', description, 'nodeId', catalog_node_id, 'licence', licence,
      'visibility', visibility, 'status', status,
      'fileIds', (select coalesce(jsonb_agg(file.id order by file.position), '[]') from file where resource_id = resource.id))
    from resource where id = ${id}`.execute(tx);
}

export async function countView(db: Database, id: string): Promise<void> {
  await db
    .updateTable('resource')
    .set((eb) => ({ views: eb('views', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

export async function countDownload(tx: DatabaseTransaction, id: string): Promise<void> {
  await tx
    .updateTable('resource')
    .set((eb) => ({ downloads: eb('downloads', '+', 1) }))
    .where('id', '=', id)
    .execute();
}
