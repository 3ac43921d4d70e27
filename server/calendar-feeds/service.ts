import { randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import { hashKey } from '../http/cookies.ts';
import type { AccountActor } from '../http/route.ts';
import { writeCalendar } from './calendar.ts';
import { deleteFeed, findByToken, findFeed, putFeed } from './repository.ts';
import type { CalendarEntry, Feed, FeedOwner, NewFeed } from './schema.ts';

export interface CalendarFeedOptions {
  db: Database;
  /** The lessons that somebody presents, or that a room takes part in, cancelled ones too. */
  lessonsOf(owner: FeedOwner, range: { from: Date; to: Date }): Promise<CalendarEntry[]>;
  /** @throws AppError `not_found`, `forbidden` for a room that is not the actor's to keep */
  keptRoom(actor: AccountActor, roomId: string): Promise<unknown>;
  /** Under which other machines reach this server; null where it is known to none. */
  publicAddress?: string | null;
}

export type CalendarFeedService = ReturnType<typeof createCalendarFeedService>;

const tokenBytes = 32;
const dayMs = 24 * 60 * 60 * 1000;
/** Calendars forget what is no longer in the feed, so that it holds a while of what is over, too. */
const reach = { backMs: 60 * dayMs, aheadMs: 400 * dayMs };

/** Timetables for the calendars on people's phones: read by whoever knows the address, and by nobody else. */
export function createCalendarFeedService(options: CalendarFeedOptions) {
  const { db, lessonsOf, publicAddress = null } = options;
  const absolute = (path: string) => (publicAddress === null ? null : new URL(path, publicAddress).href);

  async function feed(owner: FeedOwner): Promise<Feed> {
    return { createdAt: (await findFeed(db, owner))?.toISOString() ?? null };
  }

  async function renew(owner: FeedOwner): Promise<NewFeed> {
    const token = randomBytes(tokenBytes).toString('base64url');
    const createdAt = await putFeed(db, owner, hashKey(token));
    const path = `/calendar/${token}.ics`;
    return { path, url: absolute(path), createdAt: createdAt.toISOString() };
  }

  async function keptRoom(actor: AccountActor, roomId: string): Promise<FeedOwner> {
    await options.keptRoom(actor, roomId);
    return { roomId };
  }

  return {
    ofAccount: (actor: AccountActor): Promise<Feed> => feed({ accountId: actor.id }),
    renewOfAccount: (actor: AccountActor): Promise<NewFeed> => renew({ accountId: actor.id }),
    revokeOfAccount: (actor: AccountActor): Promise<void> => deleteFeed(db, { accountId: actor.id }),

    /** Those of rooms are for who keeps the room. @throws AppError `not_found`, `forbidden` */
    ofRoom: async (actor: AccountActor, id: string): Promise<Feed> => await feed(await keptRoom(actor, id)),
    renewOfRoom: async (actor: AccountActor, id: string): Promise<NewFeed> => await renew(await keptRoom(actor, id)),
    revokeOfRoom: async (actor: AccountActor, id: string): Promise<void> =>
      await deleteFeed(db, await keptRoom(actor, id)),

    /** The feed with this key. @throws AppError `not_found` */
    async read(token: string): Promise<string> {
      const found = await findByToken(db, hashKey(token));
      const { accountId, accountName, roomId, roomName, schoolName } = found ?? {};
      const owner = accountId ? { accountId } : roomId ? { roomId } : null;
      if (owner === null) throw new AppError('not_found');
      const now = Date.now();
      const range = { from: new Date(now - reach.backMs), to: new Date(now + reach.aheadMs) };
      const name = accountName ?? `${schoolName} ${roomName}`;
      return writeCalendar(name, await lessonsOf(owner, range), (id) => absolute(`/sessions/${id}`));
    },
  };
}
