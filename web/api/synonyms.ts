import { answer, client } from './client.ts';

export const listSynonyms = (signal?: AbortSignal) => answer(client.synonyms.$get({}, { init: { signal } }));
export const createSynonyms = (words: string[]) => answer(client.synonyms.$post({ json: { words } }));
export const updateSynonyms = (id: string, words: string[]) =>
  answer(client.synonyms[':id'].$put({ param: { id }, json: { words } }));
export const deleteSynonyms = (id: string) => answer(client.synonyms[':id'].$delete({ param: { id } }));
