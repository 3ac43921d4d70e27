import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import { renditionPrefix } from '../../files/renditions/schema.ts';
import { ConverterError } from '../../sandbox/converter.ts';
import type { Storage } from '../../storage/storage.ts';
import type { Encoder, Given, TellSeconds } from './encoder.ts';
import { findSprite, hasWaveform, holdFile, insertSprite, insertWaveform } from './repository.ts';
import type { Source } from './source.ts';
import { drawSprite } from './sprite.ts';
import { drawWaveform } from './waveform.ts';

export interface ExtrasOptions {
  db: Database;
  storage: Storage;
  encoder: Encoder;
}

export interface ExtrasOf {
  fileId: string;
  source: Source;
  given: Given;
  log: Logger;
  onSeconds: TellSeconds;
}

/** A player does without them, so what cannot be drawn of a broken file is left out. Other faults are no file's. */
async function orNone<T>({ given, fileId, log }: ExtrasOf, work: Promise<T | null>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    given.signal.throwIfAborted();
    const isOurs =
      error instanceof ConverterError ? error.reason === 'missing' : error instanceof Error && 'code' in error;
    if (isOurs) throw error;
    log.warn({ err: error, fileId }, 'nothing for the seek bar');
    return null;
  }
}

/** What the seek bar of a player shows: small frames of a video, the waveform of a sound. Made once. */
export function createExtras({ db, storage, encoder }: ExtrasOptions) {
  async function sprite(of: ExtrasOf): Promise<void> {
    const { fileId, given } = of;
    if (!of.source.video || (await findSprite(db, fileId))) return;
    const drawn = await orNone(of, drawSprite(encoder, given, of.source, of.onSeconds));
    if (!drawn) return;
    const { content, intervalMs: interval_ms, ...shape } = drawn;
    const object_key = `${renditionPrefix(fileId)}${randomUUID()}.webp`;
    await storage.put(object_key, Readable.from([content]), { bytes: content.byteLength, signal: given.signal });
    const isKept = await db.transaction().execute(async (tx) => {
      if (!(await holdFile(tx, fileId))) return false;
      await insertSprite(tx, { file_id: fileId, object_key, bytes: content.byteLength, interval_ms, ...shape });
      return true;
    });
    if (!isKept) await storage.delete(object_key);
  }

  async function waveform(of: ExtrasOf): Promise<void> {
    const { fileId, given, source } = of;
    if (source.video || (await hasWaveform(db, fileId))) return;
    const peaks = await orNone(of, drawWaveform(encoder, given, source, of.onSeconds));
    if (!peaks) return;
    await db.transaction().execute(async (tx) => {
      if (await holdFile(tx, fileId)) await insertWaveform(tx, fileId, peaks);
    });
  }

  return async function makeExtras(of: ExtrasOf): Promise<void> {
    await sprite(of);
    await waveform(of);
  };
}
