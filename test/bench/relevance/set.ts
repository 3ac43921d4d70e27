import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type JudgedResource,
  type Judgements,
  judgedResourceSchema,
  type Query,
  querySchema,
  type Strength,
  strengthSchema,
} from './schema.ts';
import { cellsOf, folder, readTable } from './tables.ts';

export interface RelevanceSet {
  resources: JudgedResource[];
  queries: (Query & { judgements: Judgements })[];
}

export function readResources(): JudgedResource[] {
  const lines = readFileSync(join(folder, 'resources.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => judgedResourceSchema.parse(JSON.parse(line)));
}

export function readQueries(): Query[] {
  return readTable('queries.tsv').map((row) => {
    const cell = cellsOf(row);
    const need: unknown = JSON.parse(cell('need'));
    return querySchema.parse({ id: cell('id'), category: cell('category'), text: cell('text'), need });
  });
}

function readJudgements(): Map<string, Judgements> {
  return new Map(
    readTable('judgements.tsv').map((row) => {
      const cell = cellsOf(row);
      const pairs = cell('judgements').split(' ').filter(Boolean);
      const judged = pairs.map((pair): [string, Strength] => {
        const [id = '', grade] = pair.split(':');
        return [id, strengthSchema.parse(Number(grade))];
      });
      return [cell('query'), new Map(judged)];
    }),
  );
}

/** The frozen set. */
export function readSet(): RelevanceSet {
  const judged = readJudgements();
  return {
    resources: readResources(),
    queries: readQueries().map((query) => ({ ...query, judgements: judged.get(query.id) ?? new Map() })),
  };
}
