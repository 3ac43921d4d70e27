import { listCatalogNodes, readCatalogNode } from '../api/catalog.ts';
import type { CatalogNode } from '../api/types.ts';

export interface PlaceInTextbook {
  node: CatalogNode;
  /** From the stage down to the parent. */
  ancestors: CatalogNode[];
  /** What lies right below; at the end of the tree, what lies beside. */
  listed: CatalogNode[];
  previous: CatalogNode | null;
  next: CatalogNode | null;
}

/** The nearest lesson of the units beside, going one way through the textbook. */
async function lessonBeyond(
  units: readonly CatalogNode[],
  unitId: string,
  step: 1 | -1,
  signal: AbortSignal,
): Promise<CatalogNode | null> {
  const here = units.findIndex((unit) => unit.id === unitId);
  for (let at = here + step; at >= 0 && at < units.length; at += step) {
    const unit = units[at];
    if (!unit || unit.childCount === 0) continue;
    const { items } = await listCatalogNodes(unit.id, signal);
    return items.at(step === 1 ? 0 : -1) ?? null;
  }
  return null;
}

/** A place with its neighbours: the lesson before and after it in the textbook, across the borders of units. */
export async function readPlaceInTextbook(id: string, signal: AbortSignal): Promise<PlaceInTextbook> {
  const { node, ancestors } = await readCatalogNode(id, signal);
  const parent = ancestors.at(-1);
  const [below, beside] = await Promise.all([
    node.childCount > 0 ? listCatalogNodes(id, signal) : null,
    listCatalogNodes(node.parentId, signal),
  ]);
  const place = { node, ancestors, listed: below?.items ?? beside.items };
  if (node.level !== 'lesson') return { ...place, previous: null, next: null };
  const lessons = beside.items;
  const here = lessons.findIndex((lesson) => lesson.id === id);
  const atBorder = here === 0 || here === lessons.length - 1;
  const units = parent?.level === 'unit' && atBorder ? (await listCatalogNodes(parent.parentId, signal)).items : [];
  const beyond = (step: 1 | -1) => (parent ? lessonBeyond(units, parent.id, step, signal) : null);
  const [previous, next] = await Promise.all([lessons[here - 1] ?? beyond(-1), lessons[here + 1] ?? beyond(1)]);
  return { ...place, previous, next };
}
