import { AppError } from '../errors.ts';
import type { CatalogChange, CatalogFault, CatalogFaultCode, CatalogImportResult } from './schema.ts';
import type { TreeChanges, TreeNode } from './tree.ts';

const MOST_CHANGES = 200;
const MOST_FAULTS = 100;
const words: Record<CatalogFaultCode, string> = {
  no_stage: 'names no stage (学段)',
  no_subject: 'names no subject (学科)',
  name_too_long: 'has a name longer than 200 characters',
  cell_error: 'has a cell that shows an error',
};

/** An import is whole or not at all. */
export function refuseFaults(faults: readonly CatalogFault[]): void {
  if (faults.length === 0) return;
  const errors = faults.slice(0, MOST_FAULTS).map(({ line, code }) => ({ path: `line ${line}`, message: words[code] }));
  throw new AppError('table_unreadable', { errors });
}

/** What an import did or would do, with as much of it as a reader looks at. */
export function describeImport(
  present: readonly TreeNode[],
  { created, updated, unchanged }: TreeChanges,
  faults: readonly CatalogFault[],
): CatalogImportResult {
  const names = new Map([...present, ...created].map((node) => [node.id, node.name]));
  const described = (change: CatalogChange['change']) => (node: TreeNode) => ({
    change,
    level: node.level,
    name: node.name,
    place: node.lineage.slice(0, -1).map((id) => names.get(id) ?? ''),
  });
  // Both kinds are seen, however many nodes are new.
  const changes = [
    ...updated.slice(0, MOST_CHANGES / 2).map(described('updated')),
    ...created.slice(0, MOST_CHANGES / 2).map(described('created')),
  ];
  return {
    created: created.length,
    updated: updated.length,
    unchanged,
    changes,
    faultCount: faults.length,
    faults: faults.slice(0, MOST_FAULTS),
  };
}
