import type { Database } from '../database/database.ts';
import type { FeedOwner } from './schema.ts';

const ownerColumns = (owner: FeedOwner) =>
  'accountId' in owner ? { account_id: owner.accountId, room_id: null } : { account_id: null, room_id: owner.roomId };

function ofOwner(owner: FeedOwner) {
  return 'accountId' in owner ? (['account_id', owner.accountId] as const) : (['room_id', owner.roomId] as const);
}

export async function findFeed(db: Database, owner: FeedOwner): Promise<Date | null> {
  const [column, id] = ofOwner(owner);
  const row = await db.selectFrom('calendar_feed').select('created_at').where(column, '=', id).executeTakeFirst();
  return row?.created_at ?? null;
}

/** One feed each: a new one takes the place of the old one, whose address leads nowhere from then on. */
export async function putFeed(db: Database, owner: FeedOwner, tokenHash: Buffer): Promise<Date> {
  const [column] = ofOwner(owner);
  const created_at = new Date();
  await db
    .insertInto('calendar_feed')
    .values({ ...ownerColumns(owner), token_hash: tokenHash, created_at })
    .onConflict((conflict) => conflict.column(column).doUpdateSet({ token_hash: tokenHash, created_at }))
    .execute();
  return created_at;
}

export async function deleteFeed(db: Database, owner: FeedOwner): Promise<void> {
  const [column, id] = ofOwner(owner);
  await db.deleteFrom('calendar_feed').where(column, '=', id).execute();
}

/** Not of somebody who may not sign in any more, nor of a room that is gone. */
export async function findByToken(db: Database, tokenHash: Buffer) {
  return await db
    .selectFrom('calendar_feed')
    .leftJoin('account', (join) =>
      join.onRef('account.id', '=', 'calendar_feed.account_id').on('account.disabled_at', 'is', null),
    )
    .leftJoin('room', (join) => join.onRef('room.id', '=', 'calendar_feed.room_id').on('room.deleted_at', 'is', null))
    .leftJoin('school', 'school.id', 'room.school_id')
    .where('calendar_feed.token_hash', '=', tokenHash)
    .select(['account.id as accountId', 'account.name as accountName', 'room.id as roomId'])
    .select(['room.name as roomName', 'school.name as schoolName'])
    .executeTakeFirst();
}
