import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { createSchoolCalendar, type SchoolCalendar } from './calendar.ts';
import { mayKeepBells, mayKeepTerms } from './policy.ts';
import {
  deleteTerm,
  findAllianceHead,
  findBellTimes,
  insertTerm,
  listTerms,
  lockTerms,
  replaceBellTimes,
  sharesAlliance,
  termOverlaps,
  updateTerm,
} from './repository.ts';
import type { BellTimes, BellTimesAnswer, Term, TermInput, TermList } from './schema.ts';

/** When a school's bells ring, and which days of an alliance are school days. What is out of sight is `not_found`. */
export interface SchoolDayService {
  bellTimes(actor: AccountActor, schoolId: string): Promise<BellTimesAnswer>;
  setBellTimes(actor: AccountActor, schoolId: string, times: BellTimes): Promise<BellTimesAnswer>;
  terms(actor: AccountActor, allianceId: string): Promise<TermList>;
  /** @throws AppError `term_overlaps` */
  createTerm(actor: AccountActor, allianceId: string, term: TermInput): Promise<Term>;
  changeTerm(actor: AccountActor, id: string, term: TermInput): Promise<Term>;
  deleteTerm(actor: AccountActor, id: string): Promise<void>;
  /** For other features, as part of their transaction `db`: nobody's rights are asked. */
  calendarOf(db: Database, school: { schoolId: string; allianceId: string }): Promise<SchoolCalendar>;
}

export function createSchoolDayService({ db }: { db: Database }): SchoolDayService {
  async function seenBells(actor: AccountActor, schoolId: string): Promise<BellTimesAnswer> {
    const near =
      actor.role === 'admin' || actor.schoolId === schoolId || (await sharesAlliance(db, schoolId, actor.allianceIds));
    const times = near ? await findBellTimes(db, schoolId) : undefined;
    if (times === undefined) throw new AppError('not_found');
    return { ...times, mayKeep: mayKeepBells(actor, schoolId) };
  }

  async function seenAlliance(actor: AccountActor, id: string) {
    const near = actor.role === 'admin' || actor.allianceIds.includes(id);
    const head = near ? await findAllianceHead(db, id) : undefined;
    if (head === undefined) throw new AppError('not_found');
    return head;
  }

  async function requireKeeping(actor: AccountActor, allianceId: string): Promise<void> {
    if (!mayKeepTerms(actor, await seenAlliance(actor, allianceId))) throw new AppError('forbidden');
  }

  async function keptTerm(actor: AccountActor, id: string): Promise<Term> {
    const [term] = await listTerms(db, { id });
    if (term === undefined) throw new AppError('not_found');
    await requireKeeping(actor, term.allianceId);
    return term;
  }

  /** Under the lock of the alliance, so that two terms that are made at once do not overlap. */
  async function write(actor: AccountActor, allianceId: string, term: TermInput, id: string | null): Promise<Term> {
    return await db.transaction().execute(async (trx) => {
      await lockTerms(trx, allianceId);
      if (await termOverlaps(trx, allianceId, term, id)) throw new AppError('term_overlaps');
      if (id !== null) await updateTerm(trx, id, term);
      const written = id ?? (await insertTerm(trx, allianceId, term));
      await recordEvent(trx, 'alliance.changed', { actor, id: allianceId, details: { term: term.name } });
      const [now] = await listTerms(trx, { id: written });
      if (now === undefined) throw new AppError('not_found');
      return now;
    });
  }

  return {
    bellTimes: seenBells,

    async setBellTimes(actor, schoolId, times) {
      await seenBells(actor, schoolId);
      if (!mayKeepBells(actor, schoolId)) throw new AppError('forbidden');
      await db.transaction().execute(async (trx) => {
        await replaceBellTimes(trx, schoolId, times);
        await recordEvent(trx, 'school.changed', { actor, id: schoolId });
      });
      return await seenBells(actor, schoolId);
    },

    async terms(actor, allianceId) {
      const head = await seenAlliance(actor, allianceId);
      return { items: await listTerms(db, { allianceId }), mayKeep: mayKeepTerms(actor, head) };
    },

    async createTerm(actor, allianceId, term) {
      await requireKeeping(actor, allianceId);
      return await write(actor, allianceId, term, null);
    },

    async changeTerm(actor, id, term) {
      return await write(actor, (await keptTerm(actor, id)).allianceId, term, id);
    },

    async deleteTerm(actor, id) {
      const { allianceId, name } = await keptTerm(actor, id);
      await db.transaction().execute(async (trx) => {
        await deleteTerm(trx, id);
        await recordEvent(trx, 'alliance.changed', { actor, id: allianceId, details: { term: name } });
      });
    },

    async calendarOf(trx, { schoolId, allianceId }) {
      const times = await findBellTimes(trx, schoolId);
      const terms = await listTerms(trx, { allianceId });
      if (times === undefined) throw new AppError('not_found');
      return createSchoolCalendar(times, terms);
    },
  };
}
