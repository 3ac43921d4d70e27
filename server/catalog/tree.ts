import { codeOf, textbookName } from './codes.ts';
import { type CatalogLevel, catalogLevels } from './schema.ts';
import { freeSlug, romanize } from './slugs.ts';
import type { TextbookRow } from './textbook-table.ts';

/** A node as the catalog holds it, with the position and slug that it keeps for good. */
export interface TreeNode {
  id: string;
  parentId: string | null;
  level: CatalogLevel;
  slug: string;
  path: string;
  name: string;
  position: number;
  chiefEditor: string | null;
  publisher: string | null;
  lineage: string[];
}

/** One step of a row's way down the tree. */
interface Step {
  level: CatalogLevel;
  name: string;
  /** What its slug is made from. */
  wish: string;
  chiefEditor: string | null;
  publisher: string | null;
}

export interface TreeChanges {
  created: TreeNode[];
  updated: TreeNode[];
  unchanged: number;
}

/** 外研社版（3年级起点） is 外研社版（三年级起点）. */
function editionName(name: string, stage: string | undefined): string {
  return name.replace(/(?<=[（，])[^（，）]+(?=起点）)/, (grade) => textbookName('grade', grade, stage));
}

/** Chief editor and first grade tell editions of one name apart, so they are a part of the name. */
function editionStep(row: TextbookRow, stage: string | undefined): Step {
  const chiefEditor = row.chiefEditor.replaceAll('&', '、');
  const more = [chiefEditor, row.startGrade].filter((part) => part !== '');
  const name = more.length === 0 ? row.edition : `${row.edition}（${more.join('，')}）`.replace('）（', '，');
  const startCode = codeOf('grade', row.startGrade.replace(/起点$/, ''), stage)?.slug ?? row.startGrade;
  const wish = [row.edition.replace(/版(?=（|\(|$)/, ''), chiefEditor, startCode]
    .filter((part) => part !== '')
    .join(' ');
  return {
    level: 'edition',
    name: editionName(name, stage),
    wish,
    chiefEditor: chiefEditor || null,
    publisher: row.publisher || null,
  };
}

/** The steps of a row; a level that it leaves empty is passed over. */
function stepsOf(row: TextbookRow): Step[] {
  const stage = codeOf('stage', row.stage)?.slug;
  return catalogLevels.flatMap((level): Step[] => {
    if (row[level] === '') return [];
    if (level === 'edition') return [editionStep(row, stage)];
    const name = level === 'grade' || level === 'volume' ? textbookName(level, row[level], stage) : row[level];
    return [{ level, name, wish: name, chiefEditor: null, publisher: null }];
  });
}

/** How many nodes the rows can make at most. */
export function mostNodes(rows: readonly TextbookRow[]): number {
  const ways = new Set<string>();
  for (const row of rows) {
    let way = '';
    for (const step of stepsOf(row)) {
      way = `${way}\n${step.level}\n${step.name}`;
      ways.add(way);
    }
  }
  return ways.size;
}

/** The code of the stage at the top, if it has one. */
const stageOf = (node: TreeNode | null) => node?.path.split('/')[0];

// Below a volume every textbook has words of its own; above it a slug means the same wherever it stands.
const ownWords = new Set<CatalogLevel>(['unit', 'lesson']);

// After all that have a rank of their own.
const AFTER_CODES = 1000;

/**
 * Lays the rows over the present tree. What is there keeps its id, slug and position, so the same rows
 * once more change nothing; what a row does not name stays as it is.
 * @param freshIds at least `mostNodes(rows)` of them.
 */
export function growTree(
  present: readonly TreeNode[],
  rows: readonly TextbookRow[],
  freshIds: readonly string[],
): TreeChanges {
  const ids = freshIds.values();
  const known = new Map<string, TreeNode>();
  const childrenOf = new Map<string | null, TreeNode[]>();
  const slugOfName = new Map<string, string>();
  const slugsOfLevel = new Map<CatalogLevel, Set<string>>(catalogLevels.map((level) => [level, new Set()]));

  // Two spellings of one code are one node.
  function keyOf(parent: TreeNode | null, { level, name }: { level: CatalogLevel; name: string }): string {
    const stage = stageOf(parent);
    const own = level === 'edition' ? editionName(name, stage) : name;
    return [parent?.id ?? null, level, codeOf(level, own, stage)?.slug ?? `=${own}`].join('\n');
  }

  function remember(node: TreeNode, parent: TreeNode | null) {
    const key = keyOf(parent, node);
    // Catalogs of before may hold a 3 beside 三年级: what is meant is the one that has the code.
    if (codeOf(node.level, node.name, stageOf(parent))?.slug === node.slug || !known.has(key)) known.set(key, node);
    const children = childrenOf.get(node.parentId);
    if (children) children.push(node);
    else childrenOf.set(node.parentId, [node]);
    if (ownWords.has(node.level)) return;
    slugOfName.set(`${node.level}\n${node.name}`, node.slug);
    slugsOfLevel.get(node.level)?.add(node.slug);
  }

  function slugFor(step: Step, parent: TreeNode | null, siblings: readonly TreeNode[]): string {
    const besides = (slug: string) => siblings.some((node) => node.slug === slug);
    const code = codeOf(step.level, step.name, stageOf(parent));
    if (code) return freeSlug(code.slug, besides);
    if (ownWords.has(step.level)) return freeSlug(romanize(step.wish), besides);
    // The same name has the same slug everywhere, and two names never share one.
    const everywhere = (slug: string) => slugsOfLevel.get(step.level)?.has(slug) ?? false;
    return slugOfName.get(`${step.level}\n${step.name}`) ?? freeSlug(romanize(step.wish), everywhere);
  }

  function plant(parent: TreeNode | null, step: Step): TreeNode {
    const siblings = childrenOf.get(parent?.id ?? null) ?? [];
    const slug = slugFor(step, parent, siblings);
    const id = ids.next().value;
    if (id === undefined) throw new RangeError('There are fewer ids than new nodes.');
    const node: TreeNode = {
      id,
      parentId: parent?.id ?? null,
      level: step.level,
      slug,
      path: parent ? `${parent.path}/${slug}` : slug,
      name: step.name,
      position: codeOf(step.level, step.name, stageOf(parent))?.rank ?? AFTER_CODES + siblings.length,
      chiefEditor: step.chiefEditor,
      publisher: step.publisher,
      lineage: [...(parent?.lineage ?? []), id],
    };
    remember(node, parent);
    return node;
  }

  const byId = new Map(present.map((node) => [node.id, node]));
  for (const node of present) remember(node, byId.get(node.parentId ?? '') ?? null);
  const created = new Set<TreeNode>();
  const met = new Set<TreeNode>();
  const publishers = new Map<TreeNode, string>();
  for (const row of rows) {
    let parent: TreeNode | null = null;
    for (const step of stepsOf(row)) {
      let node = known.get(keyOf(parent, step));
      if (!node) {
        node = plant(parent, step);
        created.add(node);
      }
      met.add(node);
      if (step.publisher !== null) publishers.set(node, step.publisher);
      parent = node;
    }
  }
  // When lines disagree about a publisher the last one counts, as it would in an import of its own.
  const changed = [...publishers].filter(([node, publisher]) => node.publisher !== publisher);
  for (const [node, publisher] of changed) node.publisher = publisher;
  const updated = changed.map(([node]) => node).filter((node) => !created.has(node));
  return { created: [...created], updated, unchanged: met.size - created.size - updated.length };
}
