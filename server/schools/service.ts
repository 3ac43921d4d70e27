import type { Database } from '../database/database.ts';
import { violatedReference, violatedUnique } from '../database/violation.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import {
  deleteMember,
  findAlliance,
  insertAlliance,
  insertSchool,
  listAlliances,
  listSchools,
  putMember,
  type Reach,
  renameSchool,
} from './repository.ts';
import type { Alliance, School } from './schema.ts';

/** Reading is for everyone in an alliance and reaches that alliance; writing is for administrators (see the routes). */
export interface SchoolService {
  schoolsOf(actor: AccountActor): Promise<School[]>;
  /** All alliances for an administrator, else those one belongs to. */
  alliancesOf(actor: AccountActor): Promise<Alliance[]>;
  createSchool(name: string): Promise<School>;
  renameSchool(id: string, name: string): Promise<School>;
  createAlliance(name: string, kind: Alliance['kind']): Promise<Alliance>;
  /** Makes a school a member, or changes the role of one. @throws AppError `lead_taken` */
  putMember(member: { allianceId: string; schoolId: string; role: 'lead' | 'member' }): Promise<Alliance>;
  removeMember(allianceId: string, schoolId: string): Promise<void>;
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

export function createSchoolService({ db }: { db: Database }): SchoolService {
  async function alliance(id: string): Promise<Alliance> {
    const found = await findAlliance(db, id);
    if (found === undefined) throw new AppError('not_found');
    return found;
  }

  return {
    schoolsOf: (actor) => listSchools(db, reachOf(actor), actor.schoolId),
    alliancesOf: (actor) => listAlliances(db, reachOf(actor)),

    createSchool: (name) => insertSchool(db, name).catch(rethrow),

    async renameSchool(id, name) {
      const school = await renameSchool(db, id, name).catch(rethrow);
      if (school === undefined) throw new AppError('not_found');
      return school;
    },

    async createAlliance(name, kind) {
      return await alliance(await insertAlliance(db, name, kind).catch(rethrow));
    },

    async putMember(member) {
      await putMember(db, member).catch(rethrow);
      return await alliance(member.allianceId);
    },

    async removeMember(allianceId, schoolId) {
      if (!(await deleteMember(db, allianceId, schoolId))) throw new AppError('not_found');
    },
  };
}
