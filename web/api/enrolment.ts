import { answer, client } from './client.ts';

const authorizations = client['device-authorizations'];

/** This screen asks to be a room's device. */
export const askToEnrol = (screen: { width: number; height: number }, signal?: AbortSignal) =>
  answer(authorizations.$post({ json: { screen } }, { init: { signal } }));
/** Whether it was confirmed; if so, this browser has its key from now on. */
export const fetchDeviceKey = (deviceCode: string, signal?: AbortSignal) =>
  answer(authorizations.token.$post({ json: { device_code: deviceCode } }, { init: { signal } }));

export const readEnrolmentRequest = (userCode: string) =>
  answer(authorizations[':userCode'].$get({ param: { userCode } }));
export const confirmEnrolment = (userCode: string, roomId: string, name: string) =>
  answer(authorizations[':userCode'].confirmation.$post({ param: { userCode }, json: { roomId, name } }));
export const denyEnrolment = (userCode: string) =>
  answer(authorizations[':userCode'].denial.$post({ param: { userCode } }));
