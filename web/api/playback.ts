import { answer, client } from './client.ts';

export const readPosition = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].position.$get({ param: { id } }, { init: { signal } }));
export const listUnfinished = (signal?: AbortSignal) => answer(client.me.unfinished.$get({}, { init: { signal } }));

/** Gets through also when the page is being left. */
export const savePosition = (id: string, position: { positionMs: number; agoMs: number }) =>
  answer(client.files[':id'].position.$put({ param: { id }, json: position }, { init: { keepalive: true } }));
