import type { Database } from '../database/database.ts';
import { violatedReference, violatedUnique } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import {
  deleteMember,
  findAlliance,
  insertAlliance,
  insertSchool,
  listAlliances,
  listSchools,
  listSchoolsWithStorage,
  putMember,
  type Reach,
  updateSchool,
} from './repository.ts';
import type { Alliance, School, SchoolPatch } from './schema.ts';

/** Reading is for everyone in an alliance and reaches that alliance; writing is for administrators (see the routes). */
export interface SchoolService {
  schoolsOf(actor: AccountActor): Promise<School[]>;
  /** All alliances for an administrator, else those one belongs to. */
  alliancesOf(actor: AccountActor): Promise<Alliance[]>;
  createSchool(actor: AccountActor, name: string): Promise<School>;
  changeSchool(actor: AccountActor, id: string, patch: SchoolPatch): Promise<School>;
  createAlliance(actor: AccountActor, name: string, kind: Alliance['kind']): Promise<Alliance>;
  /** Makes a school a member, or changes the role of one. @throws AppError `lead_taken` */
  putMember(
    actor: AccountActor,
    member: { allianceId: string; schoolId: string; role: 'lead' | 'member' },
  ): Promise<Alliance>;
  /** Whoever of the school is in a lesson of the alliance is put out. */
  removeMember(actor: AccountActor, allianceId: string, schoolId: string): Promise<void>;
}

function reachOf(actor: AccountActor): Reach {
  return actor.role === 'admin' ? null : actor.allianceIds;
}

function translate(error: unknown): unknown {
  const unique = violatedUnique(error);
  if (unique === 'alliance_lead') return new AppError('lead_taken', { cause: error });
  if (unique !== null) return new AppError('name_taken', { cause: error });
  if (violatedReference(error) !== null) return new AppError('not_found', { cause: error });
  return error;
}

const rethrow = (error: unknown) => Promise.reject(translate(error));

/** For the readers of the school that it concerns. `null`: taken out. */
function recordMember(
  trx: Database,
  actor: AccountActor,
  { allianceId: id, schoolId, role }: { allianceId: string; schoolId: string; role: 'lead' | 'member' | null },
): Promise<void> {
  return recordEvent(trx, 'alliance.changed', { actor, id, schoolId, details: { role } });
}

export interface SchoolOptions {
  db: Database;
  /** Told when a school is no member any more, so that it is put out of wherever it was by that. */
  onMemberRemoved?: (member: { allianceId: string; schoolId: string }) => Promise<void>;
}

export function createSchoolService({ db, onMemberRemoved }: SchoolOptions): SchoolService {
  async function alliance(id: string): Promise<Alliance> {
    const found = await findAlliance(db, id);
    if (found === undefined) throw new AppError('not_found');
    return found;
  }

  const changing = <T>(work: (trx: Database) => Promise<T>): Promise<T> =>
    db.transaction().execute(work).catch(rethrow);

  return {
    schoolsOf: (actor) =>
      actor.role === 'admin' ? listSchoolsWithStorage(db) : listSchools(db, reachOf(actor), actor.schoolId),
    alliancesOf: (actor) => listAlliances(db, reachOf(actor)),

    createSchool: (actor, name) =>
      changing(async (trx) => {
        const school = await insertSchool(trx, name);
        await recordEvent(trx, 'school.created', { actor, id: school.id });
        return school;
      }),

    changeSchool: (actor, id, patch) =>
      changing(async (trx) => {
        const school = await updateSchool(trx, id, patch);
        if (school === undefined) throw new AppError('not_found');
        const { name, quotaBytes } = patch;
        if (name !== undefined) await recordEvent(trx, 'school.changed', { actor, id });
        if (quotaBytes !== undefined) await recordEvent(trx, 'quota.changed', { actor, id, details: { quotaBytes } });
        return school;
      }),

    async createAlliance(actor, name, kind) {
      const made = await changing(async (trx) => {
        const id = await insertAlliance(trx, name, kind);
        await recordEvent(trx, 'alliance.created', { actor, id, details: { kind } });
        return id;
      });
      return await alliance(made);
    },

    async putMember(actor, member) {
      await changing(async (trx) => {
        await putMember(trx, member);
        await recordMember(trx, actor, member);
      });
      return await alliance(member.allianceId);
    },

    async removeMember(actor, allianceId, schoolId) {
      await changing(async (trx) => {
        if (!(await deleteMember(trx, allianceId, schoolId))) throw new AppError('not_found');
        await recordMember(trx, actor, { allianceId, schoolId, role: null });
      });
      await onMemberRemoved?.({ allianceId, schoolId });
    },
  };
}
