import { answer, client } from './client.ts';

export const listSchools = (signal?: AbortSignal) => answer(client.schools.$get({}, { init: { signal } }));
export const createSchool = (name: string) => answer(client.schools.$post({ json: { name } }));
export const changeSchool = (id: string, patch: { name: string; quotaBytes: number | null }) =>
  answer(client.schools[':id'].$patch({ param: { id }, json: patch }));
export const listAlliances = (signal?: AbortSignal) => answer(client.alliances.$get({}, { init: { signal } }));
export const createAlliance = (name: string, kind: 'led' | 'remote' | 'mutual') =>
  answer(client.alliances.$post({ json: { name, kind } }));
export const joinAlliance = (id: string, schoolId: string, role: 'lead' | 'member') =>
  answer(client.alliances[':id'].schools[':schoolId'].$put({ param: { id, schoolId }, json: { role } }));
export const leaveAlliance = (id: string, schoolId: string) =>
  answer(client.alliances[':id'].schools[':schoolId'].$delete({ param: { id, schoolId } }));
