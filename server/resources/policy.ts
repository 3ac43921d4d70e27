import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { all, any, type Filter, oneOf } from '../../search/index.ts';
import type { Tables } from '../database/tables.ts';
import type { AccountActor, Actor } from '../http/route.ts';

/**
 * Who sees what, in the one place where it is decided.
 *   public: whoever is signed in · alliance: the school itself and those that share an alliance with it ·
 *   school: the school itself · private: the owner. An administrator sees all that is published; a draft is its owner's.
 * Said twice, for the database and for the index; a test holds the two against each other.
 */
interface Reader {
  seesAll: boolean;
  accountId: string | null;
  schoolId: string | null;
  allianceIds: readonly string[];
}

function readerOf(actor: Actor): Reader {
  return {
    seesAll: actor.kind === 'account' && actor.role === 'admin',
    accountId: actor.kind === 'account' ? actor.id : null,
    schoolId: actor.schoolId,
    allianceIds: actor.allianceIds,
  };
}

/** Of what is published; which of it is, the index knows by holding nothing else. */
export function visibleInIndex(actor: Actor): Filter {
  const reader = readerOf(actor);
  if (reader.seesAll) return all();
  const ownSchool = reader.schoolId === null ? any() : oneOf('schoolId', [reader.schoolId]);
  return any(
    oneOf('visibility', ['public']),
    all(oneOf('visibility', ['alliance']), any(ownSchool, oneOf('allianceIds', reader.allianceIds))),
    all(oneOf('visibility', ['school']), ownSchool),
    reader.accountId === null ? any() : oneOf('ownerId', [reader.accountId]),
  );
}

/** A condition on `resource`: published, not deleted, and shown to this actor. */
export function publishedAndVisible(actor: Actor) {
  const reader = readerOf(actor);
  return (eb: ExpressionBuilder<Tables, 'resource'>): Expression<SqlBool> => {
    const published = eb.and([eb('resource.status', '=', 'published'), eb('resource.deleted_at', 'is', null)]);
    if (reader.seesAll) return published;
    const ownSchool = reader.schoolId === null ? eb.lit(false) : eb('resource.school_id', '=', reader.schoolId);
    const ownAlliance = eb.exists(
      eb
        .selectFrom('alliance_school')
        .select('alliance_school.school_id')
        .whereRef('alliance_school.school_id', '=', 'resource.school_id')
        .where('alliance_school.alliance_id', '=', sql<string>`any(${reader.allianceIds}::uuid[])`),
    );
    return eb.and([
      published,
      eb.or([
        eb('resource.visibility', '=', 'public'),
        eb.and([eb('resource.visibility', '=', 'alliance'), eb.or([ownSchool, ownAlliance])]),
        eb.and([eb('resource.visibility', '=', 'school'), ownSchool]),
        reader.accountId === null ? eb.lit(false) : eb('resource.owner_id', '=', reader.accountId),
      ]),
    ]);
  };
}

/** A condition on `resource`: what the actor may open, drafts of their own included. */
export function visible(actor: Actor) {
  const published = publishedAndVisible(actor);
  return (eb: ExpressionBuilder<Tables, 'resource'>): Expression<SqlBool> => {
    if (actor.kind !== 'account') return published(eb);
    const own = eb.and([eb('resource.owner_id', '=', actor.id), eb('resource.deleted_at', 'is', null)]);
    return eb.or([own, published(eb)]);
  };
}

/** Who may change a resource that they see. */
export function mayEdit(actor: Actor, resource: { ownerId: string }): boolean {
  return actor.kind === 'account' && (actor.role === 'admin' || actor.id === resource.ownerId);
}

/** Who may put something into the library: people of a school, which then vouches for it. */
export function mayContribute(actor: AccountActor): actor is AccountActor & { schoolId: string } {
  return actor.schoolId !== null;
}
