import { judge } from './judge.ts';
import { makeResources } from './make-resources.ts';
import { readQueries } from './set.ts';

/** The frozen files' names and texts, from what was written by hand. */
export function frozenFiles(): Record<'resources.jsonl' | 'judgements.tsv', string> {
  const resources = makeResources();
  const judged = readQueries().map(({ id, need }) => {
    const pairs = [...judge(need, resources)].map(([resource, grade]) => `${resource}:${grade}`);
    return `${id}\t${pairs.join(' ')}`;
  });
  return {
    'resources.jsonl': resources.map((resource) => `${JSON.stringify(resource)}\n`).join(''),
    'judgements.tsv': `${['query\tjudgements', ...judged].join('\n')}\n`,
  };
}
