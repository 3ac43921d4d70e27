import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { z } from 'zod';
import { readConnections } from '../../../server/connections.ts';
import { type Database, openDatabase } from '../../../server/database/database.ts';
import { reindex } from '../library/fill.ts';
import type { Stage } from '../product.ts';
import { type JudgedResource, type NamedPlace, placeSteps } from './schema.ts';
import { folder } from './tables.ts';

const batch = 500;
const withId = z.object({ id: z.string() });

interface Owner {
  id: string;
  schoolId: string;
}

/** A judged resource's id as the library keeps it. */
export function uuidOf(id: string): string {
  return `00000000-0000-7000-8000-${id.slice(1).padStart(12, '0')}`;
}

/** The schools with an account each, and the textbooks, through the public interface. */
async function addSchools({ alliance: { admin } }: Stage, names: readonly string[]): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  for (const [index, name] of names.entries()) {
    const { school } = await admin.send('POST', '/schools', { name }, z.object({ school: withId }));
    const asked = { login: `owner${index + 1}`, name: '教师', role: 'teacher', schoolId: school.id };
    const { account } = await admin.send('POST', '/accounts', asked, z.object({ account: withId }));
    owners.set(name, { id: account.id, schoolId: school.id });
  }
  const lessons = readFileSync(join(folder, 'lessons.tsv'), 'utf8');
  await admin.sendText('/catalog/import', 'text/tab-separated-values', lessons, z.unknown());
  return owners;
}

const namesOf = (place: NamedPlace) => placeSteps.flatMap((step) => place[step] ?? []).join('\n');

/** Node id by the names from the stage down. */
async function readNodes(db: Database): Promise<Map<string, string>> {
  const nodes = await db.selectFrom('catalog_node').select(['id', 'name', 'lineage']).execute();
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return new Map(nodes.map(({ id, lineage }) => [lineage.map((step) => names.get(step)).join('\n'), id]));
}

function must<T>(found: T | null | undefined, what: string): T {
  if (found === undefined || found === null) throw new Error(`There is no ${what}.`);
  return found;
}

async function insertAll(
  db: Database,
  resources: readonly JudgedResource[],
  owners: Map<string, Owner>,
): Promise<void> {
  const nodes = await readNodes(db);
  const ownerOf = ({ school }: JudgedResource) => must(owners.get(school), school);
  const nodeOf = (place: NamedPlace) => must(nodes.get(namesOf(place)), namesOf(place));
  for (let start = 0; start < resources.length; start += batch) {
    const part = resources.slice(start, start + batch);
    const rows = part.map((resource) => ({
      id: uuidOf(resource.id),
      owner_id: ownerOf(resource).id,
      school_id: ownerOf(resource).schoolId,
      kind: resource.kind,
      title: resource.title,
      description: resource.description,
      catalog_node_id: resource.place && nodeOf(resource.place),
      licence: 'cc_by_nc_sa',
      visibility: 'public' as const,
      status: 'published' as const,
      downloads: resource.downloads,
      published_at: new Date(resource.published),
    }));
    await db.insertInto('resource').values(rows).execute();
    const files = part.map((resource) => ({
      id: uuidOf(resource.id),
      resource_id: uuidOf(resource.id),
      owner_id: ownerOf(resource).id,
      school_id: ownerOf(resource).schoolId,
      name: '附件.docx',
      bytes: 120_000,
      object_key: `files/${resource.id}`,
      media_type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      state: 'ready' as const,
      pages: Math.max(1, resource.pages.length),
    }));
    await db.insertInto('file').values(files).execute();
    const pages = part.flatMap(({ id, pages: texts }) =>
      texts.map((text, index) => ({ file_id: uuidOf(id), number: index + 1, text })),
    );
    if (pages.length > 0) await db.insertInto('page_text').values(pages).execute();
  }
  await sql`analyze`.execute(db);
}

/** Puts the set's resources into the product's database, and has the product build its index from it. */
export async function fill(stage: Stage, resources: readonly JudgedResource[]): Promise<void> {
  const { dataDir } = stage.product;
  const owners = await addSchools(stage, [...new Set(resources.map(({ school }) => school))]);
  const { databaseUrl } = must(await readConnections(dataDir), 'connections.json');
  const database = openDatabase({
    url: databaseUrl,
    poolSize: 1,
    onIdleError: (error) => console.error('an idle connection broke', error),
  });
  try {
    await insertAll(database.db, resources, owners);
  } finally {
    await database.close();
  }
  await reindex(dataDir);
}
