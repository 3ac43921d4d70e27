import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import type { Storage } from '../storage/storage.ts';
import { previewPrefix } from './erase.ts';
import { hasPreview, type PreviewRow } from './repository.ts';

type Encoding = 'webp' | 'avif';

export interface DerivedImage {
  body: Buffer;
  mediaType: string;
}

/** Images in further sizes, each made once from a stored one and then kept beside it. */
export interface DerivedImages {
  webp(source: PreviewRow, width: number): Promise<DerivedImage>;
  /**
   * AVIF takes twenty times as long as WebP, so nobody waits for it: null until it has been made for whoever asks next,
   * and always for what is too small to gain by it.
   */
  avif(source: PreviewRow, width: number, webpBytes: number): Promise<DerivedImage | null>;
}

/** Encoders run on all cores by themselves. */
const AT_ONCE = 2;
const AVIF_WAITING_AT_MOST = 100;
/** Below, AVIF saves nothing: its header alone has 300 bytes. */
const AVIF_FROM_BYTES = 4096;
const WEBP_QUALITY = 80;
const AVIF = { quality: 55, effort: 4 };

/** At most `atOnce` pieces of work at a time, the others in their order. */
function createTurns(atOnce: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    waiting: () => waiting.length,
    async take<T>(work: () => Promise<T>): Promise<T> {
      if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // The turn is handed on.
        if (next) next();
        else running -= 1;
      }
    },
  };
}

/** Of an object that is replaced when the file is processed again, another one. */
function keyOf(source: PreviewRow, width: number, encoding: Encoding): string {
  const tag = createHash('sha256').update(source.object_key).digest('hex').slice(0, 24);
  return `${previewPrefix(source.file_id)}derived/${tag}-${width}.${encoding}`;
}

export interface DerivedImagesOptions {
  db: Database;
  storage: Storage;
  /** What could not be made for later; the next who asks tries again. */
  onFailure(error: unknown): void;
}

export function createDerivedImages({ db, storage, onFailure }: DerivedImagesOptions): DerivedImages {
  const [turns, avifTurns] = [createTurns(AT_ONCE), createTurns(1)];
  /** Whoever asks for what is being made waits for it. */
  const beingMade = new Map<string, Promise<Buffer>>();

  async function stored(key: string): Promise<Buffer | null> {
    try {
      return await buffer(await storage.get(key));
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return null;
      throw error;
    }
  }

  async function draw(source: PreviewRow, width: number, encoding: Encoding): Promise<Buffer> {
    const image = sharp(await buffer(await storage.get(source.object_key))).resize({ width, withoutEnlargement: true });
    return encoding === 'avif' ? image.avif(AVIF).toBuffer() : image.webp({ quality: WEBP_QUALITY }).toBuffer();
  }

  async function keep(key: string, source: PreviewRow, content: Buffer): Promise<void> {
    // Another process may have been quicker: one is as good as the other.
    await storage.put(key, Readable.from([content]), { bytes: content.byteLength });
    // The file may have been erased meanwhile, or processed again; then nobody else would remove this.
    if (!(await hasPreview(db, source))) await storage.delete(key);
  }

  function made(source: PreviewRow, width: number, encoding: Encoding): Promise<Buffer> {
    const key = keyOf(source, width, encoding);
    const underWay = beingMade.get(key);
    if (underWay) return underWay;
    const work = (encoding === 'avif' ? avifTurns : turns)
      .take(async () => {
        const content = await draw(source, width, encoding);
        await keep(key, source, content);
        return content;
      })
      .finally(() => beingMade.delete(key));
    beingMade.set(key, work);
    return work;
  }

  return {
    async webp(source, width) {
      const body = (await stored(keyOf(source, width, 'webp'))) ?? (await made(source, width, 'webp'));
      return { body, mediaType: 'image/webp' };
    },

    async avif(source, width, webpBytes) {
      if (webpBytes < AVIF_FROM_BYTES) return null;
      const body = await stored(keyOf(source, width, 'avif'));
      if (body !== null) return { body, mediaType: 'image/avif' };
      if (avifTurns.waiting() < AVIF_WAITING_AT_MOST) made(source, width, 'avif').catch(onFailure);
      return null;
    },
  };
}
