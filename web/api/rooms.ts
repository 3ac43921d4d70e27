import { accepted, answer, client } from './client.ts';
import type { CheckBody } from './types.ts';

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

const link = client.device['link-check'];
export const openLinkCheck = (signal: AbortSignal) => answer(link.$post({}, { init: { signal } }));
export const downloadNoise = (n: number, signal: AbortSignal): Promise<Response> =>
  accepted(link.bytes.$get({ query: { n } }, { init: { signal } }));
export const uploadNoise = (body: Blob, signal: AbortSignal): Promise<Response> =>
  accepted(link.bytes.$post({}, { init: { body, signal } }));
export const reportCheck = (json: CheckBody, signal: AbortSignal) =>
  answer(client.device.check.$post({ json }, { init: { signal } }));

export const listRoomChecks = (schoolId?: string, signal?: AbortSignal) =>
  answer(client['room-checks'].$get({ query: schoolId ? { schoolId } : {} }, { init: { signal } }));
export const askForRoomCheck = (id: string) => answer(client.rooms[':id'].check.$post({ param: { id } }));
export const listSessionRoomChecks = (id: string, signal?: AbortSignal) =>
  answer(client['class-sessions'][':id']['room-checks'].$get({ param: { id } }, { init: { signal } }));
