import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import type { ResourceService } from '../resources/service.ts';
import { recordEvent } from '../trail/trail.ts';
import { mayKeepRule } from './policy.ts';
import { countOlder, findRetention, findRule, updateExemption, updateRule } from './repository.ts';
import type { ResourceRetention, SchoolRetention } from './schema.ts';

export interface RetentionOptions {
  db: Database;
  resources: Pick<ResourceService, 'isVisible' | 'isEditable'>;
}

/** How long what is recorded of class sessions is kept. */
export interface RetentionService {
  /**
   * With `askedDays`: how many recordings would be too old under that rule.
   * @throws AppError not_found, also for a school that is not the actor's.
   */
  rule(actor: AccountActor, schoolId: string, askedDays?: number): Promise<SchoolRetention>;
  setRule(actor: AccountActor, schoolId: string, keptDays: number | null): Promise<SchoolRetention>;
  /** Keeps one recording for ever, or no longer. @throws AppError not_a_recording */
  setExemption(actor: AccountActor, resourceId: string, keptForEver: boolean): Promise<ResourceRetention>;
  /** Null for what is no recording of a class session. Nobody's rights are asked. */
  ofResource(resourceId: string): Promise<ResourceRetention | null>;
}

export function createRetentionService({ db, resources }: RetentionOptions): RetentionService {
  async function rule(actor: AccountActor, schoolId: string, askedDays?: number): Promise<SchoolRetention> {
    const keptDays = mayKeepRule(actor, schoolId) ? await findRule(db, schoolId) : undefined;
    if (keptDays === undefined) throw new AppError('not_found');
    const days = askedDays ?? keptDays;
    return { keptDays, expired: days === null ? 0 : await countOlder(db, schoolId, days) };
  }

  async function ofResource(resourceId: string): Promise<ResourceRetention | null> {
    const found = await findRetention(db, resourceId);
    return found ? { ...found, deletedAfter: found.deletedAfter?.toISOString() ?? null } : null;
  }

  return {
    rule,
    ofResource,

    async setRule(actor, schoolId, keptDays) {
      if (!mayKeepRule(actor, schoolId)) throw new AppError('not_found');
      await db.transaction().execute(async (tx) => {
        const changed = await updateRule(tx, schoolId, keptDays);
        if (changed === undefined) throw new AppError('not_found');
        if (changed) await recordEvent(tx, 'retention.changed', { actor, id: schoolId, details: { keptDays } });
      });
      return await rule(actor, schoolId);
    },

    async setExemption(actor, resourceId, keptForEver) {
      if (!(await resources.isVisible(actor, resourceId))) throw new AppError('not_found');
      if (!(await resources.isEditable(actor, resourceId))) throw new AppError('forbidden');
      await db.transaction().execute(async (tx) => {
        const changed = await updateExemption(tx, resourceId, keptForEver);
        if (changed === undefined) throw new AppError('not_a_recording');
        const action = keptForEver ? 'recording.kept' : 'recording.released';
        if (changed) await recordEvent(tx, action, { actor, id: resourceId });
      });
      const now = await ofResource(resourceId);
      if (now === null) throw new AppError('not_found');
      return now;
    },
  };
}
