import type { Database, DatabaseTransaction } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { FileRow, FileService } from '../files/service.ts';
import type { AccountActor, Actor } from '../http/route.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { recordEvent } from '../trail/trail.ts';
import * as repository from './repository.ts';
import type { CaptionList, Captions, CaptionTrack, ChangeCaptions, NewCaptions } from './schema.ts';
import { inOrder, readCaptions, writeWebVtt } from './webvtt.ts';

export interface CaptionServiceOptions {
  db: Database;
  files: Pick<FileService, 'require'>;
  outbox: Outbox;
  /** Reads bytes in whatever encoding they are; null for what is no text. */
  decode(bytes: Uint8Array): string | null;
  /** As the search keeps text. */
  searchable(text: string): string;
  mayEditResource(actor: Actor, resourceId: string): Promise<boolean>;
}

/** Whoever may see a file may read its captions. @throws AppError `not_found`, also for what the actor may not see. */
export interface CaptionService {
  list(actor: Actor, fileId: string): Promise<CaptionList>;
  get(actor: Actor, fileId: string, id: string): Promise<Captions>;
  /** As WebVTT. */
  track(actor: Actor, fileId: string, id: string): Promise<string>;
  /**
   * @param content WebVTT or SubRip.
   * @throws AppError `captions_unreadable`, `captions_full`, `forbidden`, `type_not_allowed` of what does not play.
   */
  create(actor: AccountActor, fileId: string, named: NewCaptions, content: Uint8Array): Promise<Captions>;
  /** @throws AppError `revision_outdated` when somebody else changed it since; `forbidden`. */
  update(actor: AccountActor, fileId: string, id: string, change: ChangeCaptions): Promise<Captions>;
  /** @throws AppError `forbidden`. */
  delete(actor: AccountActor, fileId: string, id: string): Promise<void>;
  /** In the transaction after which the words of a file have been found anew. */
  keepWords(tx: Database, fileId: string): Promise<void>;
}

const MOST_TRACKS = 12;
/** A film of four hours has some 300 KB. */
const MOST_BYTES = 1024 * 1024;
/** Of what is said in one file, in all languages, for the search: it reads some 100,000 of a resource, and the pages come first. */
const MOST_SPOKEN = 40_000;

/** What the tracks say, shortened to the same length each where it is too long; what one leaves the others may have. */
function spokenIn(tracks: readonly string[]): string {
  let left = MOST_SPOKEN;
  const kept = new Map<number, string>();
  const byLength = [...tracks.entries()].sort(([, a], [, b]) => a.length - b.length);
  for (const [place, [index, words]] of byLength.entries()) {
    const part = words.slice(0, Math.floor(left / (byLength.length - place)));
    left -= part.length;
    kept.set(index, part);
  }
  return tracks.map((_, index) => kept.get(index) ?? '').join(' ');
}

function trackOf(row: repository.TrackRow): CaptionTrack {
  const { id, kind, language, label, cues, revision } = row;
  return { id, kind, language, label, cues: cues.length, revision, updatedAt: row.updated_at.toISOString() };
}
const captionsOf = (row: repository.TrackRow): Captions => ({ ...trackOf(row), cues: row.cues });

export function createCaptionService(options: CaptionServiceOptions): CaptionService {
  const { db, files, outbox, decode, searchable, mayEditResource } = options;

  async function mayEdit(actor: Actor, file: FileRow): Promise<boolean> {
    if (file.resource_id !== null) return mayEditResource(actor, file.resource_id);
    return actor.kind === 'account' && file.owner_id === actor.id;
  }

  async function requireTrack(of: Database, fileId: string, id: string): Promise<repository.TrackRow> {
    const row = await repository.findTrack(of, fileId, id);
    if (!row) throw new AppError('not_found');
    return row;
  }

  async function keepWords(tx: Database, fileId: string): Promise<void> {
    const tracks = await repository.listTracks(tx, fileId);
    const said = tracks.map(({ cues }) => searchable(cues.map(({ text }) => text).join(' ')));
    await repository.replaceText(tx, fileId, spokenIn(said).trim());
  }

  function record(
    tx: Database,
    actor: AccountActor,
    what: 'created' | 'changed' | 'deleted',
    row: repository.TrackRow,
  ) {
    const { id: trackId, label, revision } = row;
    return recordEvent(tx, `captions.${what}`, { actor, id: row.file_id, details: { trackId, label, revision } });
  }

  /** One change after the other of the tracks of a file; with it goes what the search knows. */
  async function change<T>(
    actor: AccountActor,
    fileId: string,
    work: (tx: DatabaseTransaction, file: FileRow) => Promise<T>,
  ): Promise<T> {
    const file = await files.require(actor, fileId);
    if (!(await mayEdit(actor, file))) throw new AppError('forbidden');
    return db.transaction().execute(async (tx) => {
      if (!(await repository.holdFile(tx, fileId))) throw new AppError('not_found');
      const done = await work(tx, file);
      await keepWords(tx, fileId);
      if (file.resource_id !== null) await outbox.markChanged(tx, 'resource', file.resource_id);
      return done;
    });
  }

  return {
    keepWords,

    async list(actor, fileId) {
      const file = await files.require(actor, fileId);
      const [rows, isEditable] = await Promise.all([repository.listTracks(db, fileId), mayEdit(actor, file)]);
      return { items: rows.map(trackOf), mayEdit: isEditable };
    },

    async get(actor, fileId, id) {
      await files.require(actor, fileId);
      return captionsOf(await requireTrack(db, fileId, id));
    },

    async track(actor, fileId, id) {
      await files.require(actor, fileId);
      return writeWebVtt((await requireTrack(db, fileId, id)).cues);
    },

    create: (actor, fileId, named, content) =>
      change(actor, fileId, async (tx, { media_type }) => {
        if (!/^(?:video|audio)\//.test(media_type)) throw new AppError('type_not_allowed');
        if (content.byteLength > MOST_BYTES) throw new AppError('body_too_large');
        if ((await repository.listTracks(tx, fileId)).length >= MOST_TRACKS) throw new AppError('captions_full');
        const text = decode(content);
        if (text === null) throw new AppError('captions_unreadable', { detail: 'This is not a text file.' });
        const row = await repository.insertTrack(tx, fileId, named, readCaptions(text));
        await record(tx, actor, 'created', row);
        return captionsOf(row);
      }),

    update: (actor, fileId, id, { revision, ...values }) =>
      change(actor, fileId, async (tx) => {
        const row = await requireTrack(tx, fileId, id);
        if (row.revision !== revision) throw new AppError('revision_outdated');
        const changed = await repository.updateTrack(tx, id, { ...values, cues: inOrder(values.cues) });
        await record(tx, actor, 'changed', changed);
        return captionsOf(changed);
      }),

    delete: (actor, fileId, id) =>
      change(actor, fileId, async (tx) => {
        const row = await requireTrack(tx, fileId, id);
        await repository.deleteTrack(tx, id);
        await record(tx, actor, 'deleted', row);
      }),
  };
}
