import type { InferRequestType } from 'hono/client';
import { answer, client } from './client.ts';
import type { BellTimes, TermInput } from './types.ts';

type Look = InferRequestType<(typeof client)['class-session-previews']['$post']>['json'];
type Series = InferRequestType<(typeof client)['class-session-series']['$post']>['json'];

export const readBellTimes = (schoolId: string, signal?: AbortSignal) =>
  answer(client.schools[':id']['bell-times'].$get({ param: { id: schoolId } }, { init: { signal } }));
export const setBellTimes = (schoolId: string, json: BellTimes) =>
  answer(client.schools[':id']['bell-times'].$put({ param: { id: schoolId }, json }));

export const listTerms = (allianceId: string, signal?: AbortSignal) =>
  answer(client.alliances[':id'].terms.$get({ param: { id: allianceId } }, { init: { signal } }));
export const createTerm = (allianceId: string, json: TermInput) =>
  answer(client.alliances[':id'].terms.$post({ param: { id: allianceId }, json }));
export const changeTerm = (id: string, json: TermInput) => answer(client.terms[':id'].$put({ param: { id }, json }));
export const deleteTerm = (id: string) => answer(client.terms[':id'].$delete({ param: { id } }));

export const listRoomGroups = (allianceId: string, signal?: AbortSignal) =>
  answer(client.alliances[':id']['room-groups'].$get({ param: { id: allianceId } }, { init: { signal } }));
export const createRoomGroup = (allianceId: string, json: { name: string; roomIds: string[] }) =>
  answer(client.alliances[':id']['room-groups'].$post({ param: { id: allianceId }, json }));
export const changeRoomGroup = (id: string, json: { name: string; roomIds: string[] }) =>
  answer(client['room-groups'][':id'].$put({ param: { id }, json }));
export const deleteRoomGroup = (id: string) => answer(client['room-groups'][':id'].$delete({ param: { id } }));

export type PreviewInput = Look;
export const previewLessons = (json: Look, signal?: AbortSignal) =>
  answer(client['class-session-previews'].$post({ json }, { init: { signal } }));
export const createSeries = (json: Series) => answer(client['class-session-series'].$post({ json }));

export const listNotices = (signal?: AbortSignal) => answer(client.me.notices.$get({}, { init: { signal } }));
export const readNotices = (ids?: string[]) => answer(client.me.notices.read.$post({ json: ids ? { ids } : {} }));

export const readMyFeed = (signal?: AbortSignal) => answer(client.me.calendar.$get({}, { init: { signal } }));
export const makeMyFeed = () => answer(client.me.calendar.$post());
export const endMyFeed = () => answer(client.me.calendar.$delete());
export const readRoomFeed = (id: string, signal?: AbortSignal) =>
  answer(client.rooms[':id'].calendar.$get({ param: { id } }, { init: { signal } }));
export const makeRoomFeed = (id: string) => answer(client.rooms[':id'].calendar.$post({ param: { id } }));
export const endRoomFeed = (id: string) => answer(client.rooms[':id'].calendar.$delete({ param: { id } }));
