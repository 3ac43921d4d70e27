import { answer, client } from './client.ts';

export const listRooms = (schoolId?: string, signal?: AbortSignal) =>
  answer(client.rooms.$get({ query: schoolId ? { schoolId } : {} }, { init: { signal } }));
export const createRoom = (schoolId: string, name: string) => answer(client.rooms.$post({ json: { schoolId, name } }));
export const renameRoom = (id: string, name: string) =>
  answer(client.rooms[':id'].$patch({ param: { id }, json: { name } }));
export const deleteRoom = (id: string) => answer(client.rooms[':id'].$delete({ param: { id } }));
export const createDevice = (roomId: string, name: string) =>
  answer(client.rooms[':id'].devices.$post({ param: { id: roomId }, json: { name } }));
export const revokeDevice = (id: string) => answer(client.devices[':id'].$delete({ param: { id } }));

export const enrolDevice = (code: string) => answer(client.device.enrolment.$post({ json: { code } }));
export const readDeviceToday = (signal?: AbortSignal) => answer(client.device.today.$get({}, { init: { signal } }));
