import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { mayConsent } from './policy.ts';
import { findConsent, updateConsent } from './repository.ts';
import type { PupilConsent, PupilsRecorded } from './schema.ts';

/** What schools consent to have recorded of their pupils. What holds for a lesson is kept with it when it begins. */
export interface PupilConsentService {
  /** @throws AppError not_found, also for a school that is not the actor's. */
  consentOf(actor: AccountActor, schoolId: string): Promise<PupilConsent>;
  setConsent(actor: AccountActor, schoolId: string, pupilsRecorded: PupilsRecorded): Promise<PupilConsent>;
}

export function createPupilConsentService({ db }: { db: Database }): PupilConsentService {
  return {
    async consentOf(actor, schoolId) {
      const pupilsRecorded = mayConsent(actor, schoolId) ? await findConsent(db, schoolId) : undefined;
      if (pupilsRecorded === undefined) throw new AppError('not_found');
      return { pupilsRecorded };
    },

    async setConsent(actor, schoolId, pupilsRecorded) {
      if (!mayConsent(actor, schoolId)) throw new AppError('not_found');
      await db.transaction().execute(async (tx) => {
        const changed = await updateConsent(tx, schoolId, pupilsRecorded);
        if (changed === undefined) throw new AppError('not_found');
        const details = { pupilsRecorded };
        if (changed) await recordEvent(tx, 'pupil_consent.changed', { actor, id: schoolId, details });
      });
      return { pupilsRecorded };
    },
  };
}
