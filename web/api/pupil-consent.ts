import { answer, client } from './client.ts';
import type { PupilsRecorded } from './types.ts';

export const readPupilConsent = (schoolId: string, signal?: AbortSignal) =>
  answer(client.schools[':id']['pupil-consent'].$get({ param: { id: schoolId } }, { init: { signal } }));
export const setPupilConsent = (schoolId: string, pupilsRecorded: PupilsRecorded) =>
  answer(client.schools[':id']['pupil-consent'].$put({ param: { id: schoolId }, json: { pupilsRecorded } }));
