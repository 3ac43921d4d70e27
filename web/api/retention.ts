import { answer, client } from './client.ts';

/** With days: how many recordings would be too old under that rule. */
export const readRetention = (schoolId: string, keptDays?: number, signal?: AbortSignal) =>
  answer(
    client.schools[':id'].retention.$get(
      { param: { id: schoolId }, query: keptDays === undefined ? {} : { keptDays: String(keptDays) } },
      { init: { signal } },
    ),
  );
export const setRetention = (schoolId: string, keptDays: number | null) =>
  answer(client.schools[':id'].retention.$put({ param: { id: schoolId }, json: { keptDays } }));
export const setKeptForEver = (resourceId: string, keptForEver: boolean) =>
  answer(client.resources[':id'].retention.$put({ param: { id: resourceId }, json: { keptForEver } }));
