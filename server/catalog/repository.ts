import { sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { CatalogLevel, CatalogNode } from './schema.ts';
import type { TreeNode } from './tree.ts';

// Below 65,535 parameters a statement.
const BATCH = 2000;
const MOST_WORDS = 20_000;

const asNode = [
  'catalog_node.id',
  'catalog_node.parent_id as parentId',
  'catalog_node.level',
  'catalog_node.slug',
  'catalog_node.name',
  'catalog_node.position',
] as const;

function nodes(db: Database) {
  return db
    .selectFrom('catalog_node')
    .select(asNode)
    .select((eb) =>
      eb
        .selectFrom('catalog_node as child')
        .whereRef('child.parent_id', '=', 'catalog_node.id')
        .select((inner) => inner.cast<number>(inner.fn.countAll(), 'integer').as('count'))
        .$asScalar()
        .$notNull()
        .as('childCount'),
    );
}

/** The stages for null. */
export function listChildren(db: Database, parentId: string | null): Promise<CatalogNode[]> {
  return nodes(db)
    .where('catalog_node.parent_id', parentId === null ? 'is' : '=', parentId)
    .orderBy('catalog_node.position')
    .orderBy('catalog_node.name')
    .execute();
}

/** From the stage down to the node itself; empty when there is no such node. */
export function listLineage(db: Database, id: string): Promise<CatalogNode[]> {
  return nodes(db)
    .innerJoin('catalog_node as lowest', (join) =>
      join.on('lowest.id', '=', id).on((eb) => eb('catalog_node.id', '=', eb.fn.any('lowest.lineage'))),
    )
    .orderBy(sql`array_position(lowest.lineage, catalog_node.id)`)
    .execute();
}

export async function nodeExists(db: Database, id: string): Promise<boolean> {
  const row = await db.selectFrom('catalog_node').select('id').where('id', '=', id).executeTakeFirst();
  return row !== undefined;
}

/** The nodes from the stage down to each of the given ones. */
export function listLines(db: Database, ids: readonly string[]) {
  return db
    .selectFrom('catalog_node as lowest')
    .where('lowest.id', 'in', ids)
    .select((eb) => [
      'lowest.id as nodeId',
      jsonArrayFrom(
        eb
          .selectFrom('catalog_node as node')
          .where((on) => on('node.id', '=', on.fn.any('lowest.lineage')))
          .select(['node.id', 'node.level', 'node.slug', 'node.name'])
          .orderBy(sql`array_position(lowest.lineage, node.id)`),
      ).as('line'),
    ])
    .execute();
}

/**
 * Units and lessons whose name has the words in it, or in whose pinyin they are; first those that begin with them, and of these the
 * shortest.
 */
export async function findLessons(db: Database, words: string, limit: number): Promise<string[]> {
  const part = words.replaceAll(/[\\%_]/g, '\\$&');
  const letters = /^[a-z0-9' ]{2,}$/i.test(words) ? words.toLowerCase().replaceAll(/[' ]/g, '') : '';
  const pinyin = sql<string>`replace(slug, '-', '')`;
  const rows = await db
    .selectFrom('catalog_node')
    .select('id')
    .where('level', 'in', ['unit', 'lesson'])
    .where((eb) => eb.or([eb('name', 'ilike', `%${part}%`), ...(letters ? [eb(pinyin, 'like', `%${letters}%`)] : [])]))
    .orderBy((eb) => eb('name', 'ilike', `${part}%`), 'desc')
    .orderBy((eb) => eb(pinyin, 'like', `${letters}%`), 'desc')
    .orderBy(sql`char_length(name)`)
    .orderBy('path')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Chinese names of units and lessons that stand in the text, each once. */
export async function listLessonsIn(db: Database, text: string): Promise<string[]> {
  const rows = await db
    .selectFrom('catalog_node')
    .select('name')
    .distinct()
    .where('level', 'in', ['unit', 'lesson'])
    .where(sql<boolean>`name ~ '^[一-鿿]{2}'`)
    .where(sql<boolean>`strpos(${text}, name) > 0`)
    .execute();
  return rows.map(({ name }) => name);
}

/** Each name of the levels that are filtered by, once. */
export function listSlugNames(db: Database): Promise<{ level: CatalogLevel; slug: string; name: string }[]> {
  return db
    .selectFrom('catalog_node')
    .select(['level', 'slug', (eb) => eb.fn.min('name').as('name')])
    .where('level', 'not in', ['unit', 'lesson'])
    .groupBy(['level', 'slug'])
    .execute();
}

/** Names of units and lessons of two to four Chinese characters, each once, in a fixed order. */
export async function listWords(db: Database): Promise<string[]> {
  const rows = await db
    .selectFrom('catalog_node')
    .select('name')
    .distinct()
    .where('level', 'in', ['unit', 'lesson'])
    .where(sql<boolean>`name ~ '^[一-鿿]{2,4}$'`)
    .orderBy('name')
    .limit(MOST_WORDS)
    .execute();
  return rows.map(({ name }) => name);
}

/** Imports wait for one another until their transactions end. */
export async function lockCatalog(tx: DatabaseTransaction): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('catalog.import', 0))`.execute(tx);
}

export function loadTree(tx: DatabaseTransaction): Promise<TreeNode[]> {
  return tx
    .selectFrom('catalog_node')
    .select(['id', 'parent_id as parentId', 'level', 'slug', 'path', 'name', 'position', 'publisher', 'lineage'])
    .select('chief_editor as chiefEditor')
    .execute();
}

/** Writes new nodes, parents before their children. */
export async function insertNodes(tx: DatabaseTransaction, created: readonly TreeNode[]): Promise<void> {
  for (let start = 0; start < created.length; start += BATCH) {
    const rows = created.slice(start, start + BATCH).map((node) => ({
      id: node.id,
      parent_id: node.parentId,
      level: node.level,
      slug: node.slug,
      path: node.path,
      name: node.name,
      position: node.position,
      chief_editor: node.chiefEditor,
      publisher: node.publisher,
      lineage: node.lineage,
    }));
    await tx.insertInto('catalog_node').values(rows).execute();
  }
}

export async function updatePublisher(tx: DatabaseTransaction, node: TreeNode): Promise<void> {
  await tx.updateTable('catalog_node').set({ publisher: node.publisher }).where('id', '=', node.id).execute();
}

/** Fresh ids, in order. */
export async function makeIds(tx: DatabaseTransaction, count: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select uuidv7() as id from generate_series(1, ${count}::int)`.execute(tx);
  return rows.map((row) => row.id);
}
