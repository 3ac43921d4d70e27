import { meanOf, ndcg, reciprocalRank } from './metrics.ts';
import type { JudgedResource, Judgements, Query } from './schema.ts';

export interface Answered {
  query: Query & { judgements: Judgements };
  /** Resource ids, the best first. */
  ours: string[];
  defaults: string[];
}

const sides = ['ours', 'defaults'] as const;
type Side = (typeof sides)[number];

const figure = (values: readonly number[]) => {
  const { mean, half } = meanOf(values);
  return `${mean.toFixed(3)} ±${half.toFixed(3)}`;
};

export const gradeOf = (one: Answered, side: Side) => ndcg(one[side], one.query.judgements);

export function meanNdcg(answered: readonly Answered[], side: Side): number {
  return meanOf(answered.map((one) => gradeOf(one, side))).mean;
}

function row(name: string, answered: readonly Answered[]): string {
  const figures = sides.flatMap((side) => [
    figure(answered.map((one) => gradeOf(one, side))),
    figure(answered.map((one) => reciprocalRank(one[side], one.query.judgements))),
  ]);
  return `| ${[name, String(answered.length), ...figures].join(' | ')} |`;
}

/** Both sides, over all and by category of queries, as a table in Markdown. */
export function tableOf(answered: readonly Answered[]): string[] {
  const byCategory = Map.groupBy(answered, ({ query }) => query.category);
  return [
    '| queries | count | ours nDCG@10 | ours MRR | defaults nDCG@10 | defaults MRR |',
    '|---|--:|--:|--:|--:|--:|',
    row('**all**', answered),
    ...[...byCategory].map(([category, part]) => row(category, part)),
  ];
}

/** The queries that ours answers worst, with what it answers and what it should have. */
export function worstOf(
  answered: readonly Answered[],
  count: number,
  resources: ReadonlyMap<string, JudgedResource>,
): string[] {
  const sorted = answered.toSorted((a, b) => gradeOf(a, 'ours') - gradeOf(b, 'ours')).slice(0, count);
  const line = (mark: string, id: string, grade: number) => {
    const resource = resources.get(id);
    const place = Object.values(resource?.place ?? {}).join(' ');
    return `    ${mark} ${grade} ${id} ${resource?.kind} ${resource?.title} · ${place}`;
  };
  return sorted.flatMap((one) => {
    const { query, ours } = one;
    const { judgements } = query;
    const missing = [...judgements].filter(([id]) => !ours.includes(id)).sort((a, b) => b[1] - a[1]);
    return [
      `${query.id} [${query.category}] ${query.text} · ours ${gradeOf(one, 'ours').toFixed(3)}, defaults ${gradeOf(one, 'defaults').toFixed(3)}, ${judgements.size} judged`,
      ...ours.map((id, index) => line(String(index + 1).padStart(2), id, judgements.get(id) ?? 0)),
      ...missing.slice(0, 5).map(([id, grade]) => line(' –', id, grade)),
    ];
  });
}
