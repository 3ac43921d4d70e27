import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import {
  insertNodes,
  listChildren,
  listLineage,
  listLines,
  listSlugNames,
  loadTree,
  lockCatalog,
  makeIds,
  nodeExists,
  updatePublisher,
} from './repository.ts';
import type { CatalogImportResult, CatalogLevel, CatalogNodeList, CatalogNodeWithAncestors, Place } from './schema.ts';
import { readTextbookTable } from './textbook-table.ts';
import { growTree, mostNodes } from './tree.ts';

/** Name of a slug at a level; undefined when no node has it. */
export type NameOf = (level: CatalogLevel, slug: string) => string | undefined;

/** A place, with the ids of the nodes from the stage down to it. */
export interface PlaceWithLine extends Place {
  lineage: string[];
}

export interface CatalogService {
  /** Children in their order; the stages for null. */
  list(parentId: string | null): Promise<CatalogNodeList>;
  get(id: string): Promise<CatalogNodeWithAncestors>;
  /** The places of those of the nodes that there are, by node id. */
  placesOf(nodeIds: readonly string[]): Promise<ReadonlyMap<string, PlaceWithLine>>;
  /** Lays a textbook list over the catalog; the same list once more changes nothing. */
  import(bytes: Uint8Array): Promise<CatalogImportResult>;
  /** The names of the slugs that are filtered by; at most a minute old when another process imported. */
  names(): Promise<NameOf>;
}

export interface CatalogOptions {
  db: Database;
  /** How long names are kept, in milliseconds. */
  namesKeptMs?: number;
}

type Line = Awaited<ReturnType<typeof listLines>>[number]['line'];

function placeOf(nodeId: string, line: Line): PlaceWithLine {
  const at = (level: CatalogLevel) => {
    const node = line.find((step) => step.level === level);
    return node ? { slug: node.slug, name: node.name } : null;
  };
  return {
    nodeId,
    stage: at('stage'),
    subject: at('subject'),
    edition: at('edition'),
    grade: at('grade'),
    volume: at('volume'),
    unit: at('unit'),
    lesson: at('lesson'),
    lineage: line.map((node) => node.id),
  };
}

export function createCatalogService({ db, namesKeptMs = 60_000 }: CatalogOptions): CatalogService {
  let kept: { until: number; names: Promise<NameOf> } | undefined;

  async function loadNames(): Promise<NameOf> {
    const names = new Map((await listSlugNames(db)).map(({ level, slug, name }) => [`${level}/${slug}`, name]));
    return (level, slug) => names.get(`${level}/${slug}`);
  }

  return {
    async list(parentId) {
      if (parentId !== null && !(await nodeExists(db, parentId))) throw new AppError('not_found');
      return { items: await listChildren(db, parentId) };
    },

    async get(id) {
      const lineage = await listLineage(db, id);
      const node = lineage.at(-1);
      if (!node) throw new AppError('not_found');
      return { node, ancestors: lineage.slice(0, -1) };
    },

    async placesOf(nodeIds) {
      const lines = nodeIds.length === 0 ? [] : await listLines(db, nodeIds);
      return new Map(lines.map(({ nodeId, line }) => [nodeId, placeOf(nodeId, line)]));
    },

    async import(bytes) {
      const rows = readTextbookTable(bytes);
      const changes = await db.transaction().execute(async (tx) => {
        await lockCatalog(tx);
        const grown = growTree(await loadTree(tx), rows, await makeIds(tx, mostNodes(rows)));
        await insertNodes(tx, grown.created);
        for (const node of grown.updated) await updatePublisher(tx, node);
        return grown;
      });
      kept = undefined;
      return { created: changes.created.length, updated: changes.updated.length, unchanged: changes.unchanged };
    },

    names() {
      if (!kept || kept.until < Date.now()) {
        const names = loadNames();
        kept = { until: Date.now() + namesKeptMs, names };
        // A failed reading is not kept; whoever asked is told.
        names.catch(() => {
          kept = undefined;
        });
      }
      return kept.names;
    },
  };
}
