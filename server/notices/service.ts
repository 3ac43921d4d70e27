import type { Database } from '../database/database.ts';
import type { AccountActor } from '../http/route.ts';
import {
  accountName,
  countUnread,
  insertNotices,
  listAnswering,
  listConcerned,
  listNotices,
  markRead,
} from './repository.ts';
import type { LessonNotice, NoticeList, RecordingNotice } from './schema.ts';

interface Slot {
  start: Date;
  end: Date;
  periodLabel: string | null;
}

/** What happened to a lesson, and whom it concerns. */
export interface LessonChange extends Pick<LessonNotice, 'kind' | 'classSessionId' | 'title' | 'reason' | 'count'> {
  from: Slot;
  to: Slot | null;
  presenterIds: ReadonlySet<string>;
  roomIds: ReadonlySet<string>;
}

const shown = 50;

export type NoticeService = ReturnType<typeof createNoticeService>;

/** What people are told of within the product. */
export function createNoticeService({ db }: { db: Database }) {
  const stored = ({ start, end, periodLabel }: Slot) => ({
    start: start.toISOString(),
    end: end.toISOString(),
    period: periodLabel,
  });

  return {
    /** Part of the transaction `trx`, so that nobody is told of what did not happen. Whoever did it knows it already. */
    async tell(trx: Database, actor: AccountActor, change: LessonChange): Promise<void> {
      const { presenterIds, roomIds, from, to, ...rest } = change;
      const concerned = await listConcerned(trx, { presenterIds: [...presenterIds], roomIds: [...roomIds] });
      const accountIds = concerned.filter((id) => id !== actor.id);
      if (accountIds.length === 0) return;
      const by = await accountName(trx, actor.id);
      await insertNotices(trx, accountIds, { ...rest, by, from: stored(from), to: to && stored(to) });
    },

    /** Part of the transaction that writes down that they know. */
    async tellOfExpiry(
      trx: Database,
      recording: Pick<RecordingNotice, 'classSessionId' | 'resourceId' | 'title' | 'deletedAfter'>,
    ): Promise<void> {
      const accountIds = await listAnswering(trx, recording.resourceId);
      if (accountIds.length > 0) await insertNotices(trx, accountIds, { ...recording, kind: 'recording_expires' });
    },

    async list(actor: AccountActor): Promise<NoticeList> {
      const [items, unread] = await Promise.all([listNotices(db, actor.id, shown), countUnread(db, actor.id)]);
      return { items, unread };
    },

    markRead: (actor: AccountActor, ids?: readonly string[]): Promise<void> => markRead(db, actor.id, ids),
  };
}
