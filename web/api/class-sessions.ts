import type { InferRequestType } from 'hono/client';
import { answer, client } from './client.ts';

type Create = InferRequestType<(typeof client)['class-sessions']['$post']>['json'];
type Cancellation = InferRequestType<(typeof client)['class-sessions'][':id']['cancellation']['$post']>['json'];
type Change = InferRequestType<(typeof client)['class-sessions'][':id']['$patch']>['json'];

/** All of them, in however many parts they come. */
export async function listClassSessions(
  range: { from?: string; to?: string; mine?: 'true'; changes?: 'true' },
  signal?: AbortSignal,
) {
  const ask = (part: { cursor?: string }) =>
    answer(client['class-sessions'].$get({ query: { ...range, ...part } }, { init: { signal } }));
  let { items, nextCursor } = await ask({});
  while (nextCursor !== null) {
    const part = await ask({ cursor: nextCursor });
    items = [...items, ...part.items];
    nextCursor = part.nextCursor;
  }
  return { items };
}
const dayMs = 24 * 60 * 60_000;

/** Those that are live. Whatever is was to begin by now, or at least today. */
export async function listLiveSessions(range: { mine?: 'true' }, signal?: AbortSignal) {
  const { items } = await listClassSessions({ ...range, to: new Date(Date.now() + dayMs).toISOString() }, signal);
  return items.filter(({ state }) => state === 'live');
}
export const readClassSession = (id: string, signal?: AbortSignal) =>
  answer(client['class-sessions'][':id'].$get({ param: { id } }, { init: { signal } }));
export const listPresenters = (allianceId: string, signal?: AbortSignal) =>
  answer(client.alliances[':id'].presenters.$get({ param: { id: allianceId } }, { init: { signal } }));
export const createClassSession = (json: Create) => answer(client['class-sessions'].$post({ json }));
export const changeClassSession = (id: string, json: Change) =>
  answer(client['class-sessions'][':id'].$patch({ param: { id }, json }));
export const cancelClassSession = (id: string, json: Cancellation) =>
  answer(client['class-sessions'][':id'].cancellation.$post({ param: { id }, json }));
export const startClassSession = (id: string) => answer(client['class-sessions'][':id'].start.$post({ param: { id } }));
/** `asDevice`: on a room's machine where a person has signed in as well, it is the room that joins. */
export const joinClassSession = (id: string, { asDevice = false } = {}) =>
  answer(
    client['class-sessions'][':id'].join.$post(
      { param: { id } },
      asDevice ? { headers: { 'tongke-as': 'device' } } : undefined,
    ),
  );
export const listSlides = (id: string, signal?: AbortSignal) =>
  answer(client['class-sessions'][':id'].slides.$get({ param: { id } }, { init: { signal } }));
export const showSlides = (id: string, slidesFileId: string | null) =>
  answer(client['class-sessions'][':id'].slides.$put({ param: { id }, json: { slidesFileId } }));
export const endClassSession = (id: string) => answer(client['class-sessions'][':id'].end.$post({ param: { id } }));
