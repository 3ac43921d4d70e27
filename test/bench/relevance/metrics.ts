import type { Judgements } from './schema.ts';

export const depth = 10;

const gainOf = (grade: number) => 2 ** grade - 1;
const discounted = (grades: readonly number[]) =>
  grades.slice(0, depth).reduce((sum, grade, index) => sum + gainOf(grade) / Math.log2(index + 2), 0);

/** nDCG@10 of an answer, 0 to 1 (Järvelin and Kekäläinen 2002, with exponential gain). An id given twice counts once. */
export function ndcg(answer: readonly string[], judgements: Judgements): number {
  const best = discounted([...judgements.values()].sort((a, b) => b - a));
  if (best === 0) throw new Error('Nothing is judged to be an answer.');
  const seen = new Set<string>();
  const grades = answer.map((id) => {
    const grade = seen.has(id) ? 0 : (judgements.get(id) ?? 0);
    seen.add(id);
    return grade;
  });
  return discounted(grades) / best;
}

/** 1 ÷ the rank of the first answer of grade 2 or 3 among ten; 0 without one. */
export function reciprocalRank(answer: readonly string[], judgements: Judgements): number {
  const index = answer.slice(0, depth).findIndex((id) => (judgements.get(id) ?? 0) >= 2);
  return index < 0 ? 0 : 1 / (index + 1);
}

/** The mean, and half of its 95 % interval. */
export function meanOf(values: readonly number[]): { mean: number; half: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, half: 0 };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, half: 1.96 * Math.sqrt(variance / values.length) };
}
