import { answer, client } from './client.ts';

export const readAttendance = (id: string, signal?: AbortSignal) =>
  answer(client['class-sessions'][':id'].attendance.$get({ param: { id } }, { init: { signal } }));
export const countHeads = (id: string, roomId: string, headCount: number) =>
  answer(client['class-sessions'][':id'].attendance[':roomId'].$put({ param: { id, roomId }, json: { headCount } }));
/** Addresses that the browser itself loads. */
export const attendanceAddress = (id: string): string => `/api/class-sessions/${id}/attendance.xlsx`;
export const allianceAttendanceAddress = (id: string, from: string, to: string): string =>
  `/api/alliances/${id}/attendance.xlsx?${new URLSearchParams({ from, to })}`;
