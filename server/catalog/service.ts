import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { namesOfCode, shortNamesOfCode } from './codes.ts';
import { describeImport, refuseFaults } from './import-report.ts';
import {
  findLessons,
  insertNodes,
  listChildren,
  listLessonsIn,
  listLineage,
  listLines,
  listSlugNames,
  listWords,
  loadTree,
  lockCatalog,
  makeIds,
  nodeExists,
  updatePublisher,
} from './repository.ts';
import {
  type CatalogImportResult,
  type CatalogLevel,
  type CatalogNodeList,
  type CatalogNodeWithAncestors,
  type LessonList,
  lessonListSchema,
  type Place,
} from './schema.ts';
import { readTextbookTable } from './textbook-table.ts';
import { growTree, mostNodes } from './tree.ts';

/** A value that is filtered by, with the name it goes by. */
export interface SlugName {
  level: CatalogLevel;
  slug: string;
  name: string;
  /** What else textbook lists call it, such as 初一 and 7年级 for g7. */
  otherNames: readonly string[];
  /** What means it beside another word only, such as 三 and 3 for g3, which 三上 begins with. */
  shortNames: readonly string[];
}

export interface CatalogNames {
  list: readonly SlugName[];
  /** Name of a slug at a level; undefined when no node has it. */
  nameOf(level: CatalogLevel, slug: string): string | undefined;
}

/** A place, with the ids of the nodes from the stage down to it. */
export interface PlaceWithLine extends Place {
  lineage: string[];
}

export interface CatalogService {
  /** Children in their order; the stages for null. */
  list(parentId: string | null): Promise<CatalogNodeList>;
  get(id: string): Promise<CatalogNodeWithAncestors>;
  /** Units and lessons by their name or its pinyin, the likeliest first. */
  findLessons(words: string): Promise<LessonList>;
  /** The lessons and units that a sentence names, those with the longest names first: 草船借箭 in 怎么讲草船借箭. */
  lessonsIn(text: string): Promise<string[]>;
  /** The places of those of the nodes that there are, by node id. */
  placesOf(nodeIds: readonly string[]): Promise<ReadonlyMap<string, PlaceWithLine>>;
  /** Lays a textbook list over the catalog; the same list once more changes nothing. A dry run only says what it would do. */
  import(bytes: Uint8Array, options?: { dryRun?: boolean; actor?: AccountActor }): Promise<CatalogImportResult>;
  /** The names of the slugs that are filtered by; at most a minute old when another process imported. */
  names(): Promise<CatalogNames>;
  /** Names of units and lessons that are words rather than sentences. */
  words(): Promise<string[]>;
}

export interface CatalogOptions {
  db: Database;
  /** How long names are kept, in milliseconds. */
  namesKeptMs?: number;
}

/** As many as are looked through rather than searched once more. */
const lessonsFound = 8;

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
  let kept: { until: number; names: Promise<CatalogNames> } | undefined;

  async function loadNames(): Promise<CatalogNames> {
    const list = (await listSlugNames(db)).map(({ level, slug, name }) => ({
      level,
      slug,
      name,
      otherNames: namesOfCode(level, slug).filter((other) => other !== name),
      shortNames: shortNamesOfCode(level, slug),
    }));
    const names = new Map(list.map(({ level, slug, name }) => [`${level}/${slug}`, name]));
    return { list, nameOf: (level, slug) => names.get(`${level}/${slug}`) };
  }

  async function placesOf(nodeIds: readonly string[]): Promise<ReadonlyMap<string, PlaceWithLine>> {
    const lines = nodeIds.length === 0 ? [] : await listLines(db, nodeIds);
    return new Map(lines.map(({ nodeId, line }) => [nodeId, placeOf(nodeId, line)]));
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

    async findLessons(words) {
      const ids = await findLessons(db, words, lessonsFound);
      const places = await placesOf(ids);
      // Without the ids of what lies above.
      return lessonListSchema.parse({ items: ids.flatMap((id) => places.get(id) ?? []) });
    },

    placesOf,

    async import(bytes, { dryRun = false, actor } = {}) {
      const table = await readTextbookTable(bytes);
      if (!dryRun) refuseFaults(table.faults);
      const answer = await db.transaction().execute(async (tx) => {
        if (!dryRun) await lockCatalog(tx);
        const present = await loadTree(tx);
        const grown = growTree(present, table.rows, await makeIds(tx, mostNodes(table.rows)));
        if (!dryRun) {
          await insertNodes(tx, grown.created);
          for (const node of grown.updated) await updatePublisher(tx, node);
        }
        const report = describeImport(present, grown, table.faults);
        const details = { created: report.created, updated: report.updated };
        if (!dryRun) await recordEvent(tx, 'catalog.imported', { actor: actor ?? null, id: null, details });
        return report;
      });
      if (!dryRun) kept = undefined;
      return answer;
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

    words: () => listWords(db),

    async lessonsIn(text) {
      const names = (await listLessonsIn(db, text)).toSorted((a, b) => b.length - a.length);
      return names.filter((name, place) => !names.slice(0, place).some((longer) => longer.includes(name)));
    },
  };
}
