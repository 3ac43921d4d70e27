import type { Database } from '../database/database.ts';
import type { FileService } from '../files/service.ts';
import type { AccountActor } from '../http/route.ts';
import { findPosition, listBegun, savePosition } from './repository.ts';
import type { NewPosition, PlaybackPosition, UnfinishedList } from './schema.ts';

export interface PlaybackServiceOptions {
  db: Database;
  files: Pick<FileService, 'require'>;
  /** Of those of the resources that the actor may see. */
  titlesOf(actor: AccountActor, resourceIds: readonly string[]): Promise<Map<string, string>>;
}

/** Where an account stopped, on whatever device. @throws AppError `not_found` for a file that it may not see. */
export interface PlaybackService {
  position(actor: AccountActor, fileId: string): Promise<PlaybackPosition | null>;
  /** The newest one wins, whichever comes first. Near the end it counts as played. */
  save(actor: AccountActor, fileId: string, position: NewPosition): Promise<void>;
  unfinished(actor: AccountActor): Promise<UnfinishedList>;
}

const FINISHED_SHARE = 0.95;
const LISTED = 6;
/** Some of what was begun may be seen no more. */
const LOOKED_AT = 30;

export function createPlaybackService({ db, files, titlesOf }: PlaybackServiceOptions): PlaybackService {
  return {
    async position(actor, fileId) {
      await files.require(actor, fileId);
      const row = await findPosition(db, actor.id, fileId);
      return row ? { positionMs: row.position_ms, agoMs: Math.max(0, Date.now() - row.updated_at.getTime()) } : null;
    },

    async save(actor, fileId, { positionMs, agoMs }) {
      const { duration_ms } = await files.require(actor, fileId);
      const isFinished = duration_ms !== null && positionMs > FINISHED_SHARE * duration_ms;
      await savePosition(db, {
        account_id: actor.id,
        file_id: fileId,
        position_ms: isFinished ? 0 : positionMs,
        updated_at: new Date(Date.now() - agoMs),
      });
    },

    async unfinished(actor) {
      const begun = await listBegun(db, actor.id, LOOKED_AT);
      const titles = await titlesOf(
        actor,
        begun.map(({ resourceId }) => resourceId),
      );
      const items = begun.flatMap((one) => {
        const title = titles.get(one.resourceId);
        return title === undefined ? [] : [{ ...one, title }];
      });
      return { items: items.slice(0, LISTED) };
    },
  };
}
