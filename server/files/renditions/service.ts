import type { Readable } from 'node:stream';
import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors.ts';
import type { Actor } from '../../http/route.ts';
import type { ByteRange, Storage } from '../../storage/storage.ts';
import type { FileService } from '../service.ts';
import { findSprite, findWaveform, findWork, hasWaveform, listRenditions, type RenditionRow } from './repository.ts';
import { type RenditionName, type Renditions, type Waveform, waveformSchema } from './schema.ts';

export interface RenditionServiceOptions {
  db: Database;
  storage: Storage;
  files: Pick<FileService, 'require' | 'noteUse'>;
}

/** Whoever may see a file may see its renditions. @throws AppError `not_found`, also for what the actor may not see. */
export interface RenditionService {
  list(actor: Actor, fileId: string): Promise<Renditions>;
  require(actor: Actor, fileId: string, name: RenditionName): Promise<RenditionRow>;
  sprite(actor: Actor, fileId: string): Promise<KeptObject>;
  waveform(actor: Actor, fileId: string): Promise<Waveform>;
  read(rendition: Pick<RenditionRow, 'object_key'>, range: ByteRange | undefined): Promise<Readable>;
  /** Address in the object store, or null when the bytes go through this server. */
  presign(rendition: RenditionRow): Promise<string | null>;
}

export interface KeptObject {
  object_key: string;
  bytes: number;
}

/** As long as somebody watches one film, with pauses. */
const PRESIGNED_SECONDS = 4 * 60 * 60;

export function createRenditionService({ db, storage, files }: RenditionServiceOptions): RenditionService {
  return {
    async list(actor, fileId) {
      await files.require(actor, fileId);
      const [work, rows, sprite, isSeen] = await Promise.all([
        findWork(db, fileId),
        listRenditions(db, fileId),
        findSprite(db, fileId),
        hasWaveform(db, fileId),
      ]);
      return {
        state: work?.state ?? 'none',
        percent: work?.percent ?? 0,
        renditions: rows.map(({ name, bytes, media_type, width, height, bitrate }) => ({
          name,
          bytes,
          mediaType: media_type,
          width,
          height,
          bitrate,
        })),
        sprite: sprite
          ? {
              width: sprite.width,
              height: sprite.height,
              columns: sprite.columns,
              frames: sprite.frames,
              intervalMs: sprite.interval_ms,
            }
          : null,
        hasWaveform: isSeen,
      };
    },

    async require(actor, fileId, name) {
      const file = await files.require(actor, fileId);
      const found = (await listRenditions(db, fileId)).find((one) => one.name === name);
      if (!found) throw new AppError('not_found');
      files.noteUse(actor, file, 'viewed');
      return found;
    },

    async sprite(actor, fileId) {
      await files.require(actor, fileId);
      const found = await findSprite(db, fileId);
      if (!found) throw new AppError('not_found');
      return found;
    },

    async waveform(actor, fileId) {
      await files.require(actor, fileId);
      const found = await findWaveform(db, fileId);
      if (!found) throw new AppError('not_found');
      return waveformSchema.parse(found);
    },

    read: (rendition, range) => storage.get(rendition.object_key, range && { range }),

    presign: ({ object_key, media_type }) =>
      storage.presign(object_key, {
        disposition: 'inline',
        mediaType: media_type,
        expiresSeconds: PRESIGNED_SECONDS,
      }),
  };
}
