import { translateFailure } from './failures.ts';
import { type Refusal, SearchRefusedError } from './search-index.ts';

/** What something was refused for; null when it was taken. Every other failure is thrown. */
export async function refusalOf(work: Promise<unknown>): Promise<SearchRefusedError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    const failure = translateFailure(error);
    if (failure instanceof SearchRefusedError) return failure;
    throw error;
  }
}

/**
 * Gives documents all at once and, where they are refused, in ever smaller parts, so that one of them does not keep the
 * others from the index. @returns those that are refused by themselves.
 */
export async function giveApart<T extends { id: string }>(
  documents: readonly T[],
  give: (documents: readonly T[]) => Promise<void>,
): Promise<Refusal[]> {
  const [first, second] = documents;
  if (!first) return [];
  const refusal = await refusalOf(give(documents));
  if (refusal === null) return [];
  if (!second) return [{ id: first.id, reason: refusal.message }];
  const half = Math.ceil(documents.length / 2);
  return [...(await giveApart(documents.slice(0, half), give)), ...(await giveApart(documents.slice(half), give))];
}
