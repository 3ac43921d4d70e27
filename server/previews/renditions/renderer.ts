import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Database } from '../../database/database.ts';
import { formatOfMediaType } from '../../files/policy.ts';
import { renditionPrefix } from '../../files/renditions/schema.ts';
import { ConverterError } from '../../sandbox/converter.ts';
import type { Workspace } from '../../sandbox/workspace.ts';
import type { Storage } from '../../storage/storage.ts';
import { createEncoder, type EncoderOptions, type Given } from './encoder.ts';
import { createExtras } from './extras.ts';
import { type Plan, planRenditions, playsAsItIs } from './plan.ts';
import {
  deleteRendition,
  findSprite,
  findWork,
  holdFile,
  insertRendition,
  isThere,
  listRenditions,
  saveWork,
} from './repository.ts';
import type { Source } from './source.ts';

export interface RendererOptions extends EncoderOptions {
  db: Database;
  storage: Storage;
  workspace: Workspace;
}

export interface RenderContext {
  signal: AbortSignal;
  lastAttempt: boolean;
  log: Logger;
}

export interface Renderer {
  /** Makes what renditions a file still lacks. Can be repeated at any point: what is made is kept. */
  render(fileId: string, context: RenderContext): Promise<void>;
}

/** Of the list of what is made of a file; with a new one, those of before are looked at again. */
export const RENDER_VERSION = 2;

class FileGone extends Error {
  override readonly name = 'FileGone';
}

/**
 * How many bytes are no use any more. What moves little needs less than is aimed at: an original that plays is then the
 * smallest there is, and the best. The sound of a video is of use for what it is, beside slides.
 */
async function usefulBelow(source: Source, { source: path }: Given): Promise<(name: Plan['name']) => number> {
  const { size } = await stat(path);
  const never = Number.POSITIVE_INFINITY;
  return (name) => (playsAsItIs(source) && (name !== 'audio' || source.video === null) ? size : never);
}

export function createRenderer({ db, storage, workspace, ...options }: RendererOptions): Renderer {
  const encoder = createEncoder(options);
  const makeExtras = createExtras({ db, storage, encoder });

  /**
   * @param below how many bytes are of use at most.
   * @throws FileGone, and leaves nothing, when the file was deleted meanwhile.
   */
  async function keep(fileId: string, { name, width, height }: Plan, given: Given, path: string, below: number) {
    const { size: bytes } = await stat(path);
    if (bytes >= below) return rm(path);
    const object_key = `${renditionPrefix(fileId)}${randomUUID()}.mp4`;
    await storage.put(object_key, createReadStream(path), { bytes, signal: given.signal });
    const media_type = width === null ? 'audio/mp4' : 'video/mp4';
    // Its own length: an original that was cut off says how long it was meant to be.
    const { seconds } = await encoder.probe({ ...given, source: path });
    const bitrate = seconds > 0 ? Math.round((bytes * 8) / seconds) : 0;
    const kept = await db.transaction().execute(async (tx) => {
      if (!(await holdFile(tx, fileId))) return false;
      await insertRendition(tx, { file_id: fileId, name, object_key, bytes, media_type, width, height, bitrate });
      return true;
    });
    await rm(path);
    if (kept) return;
    await storage.delete(object_key);
    throw new FileGone();
  }

  /** Objects of tries that did not come to their end. */
  async function dropOthers(fileId: string): Promise<void> {
    const [rows, sprite] = await Promise.all([listRenditions(db, fileId), findSprite(db, fileId)]);
    const kept = new Set([...rows, ...(sprite ? [sprite] : [])].map(({ object_key }) => object_key));
    for await (const { key } of storage.list(renditionPrefix(fileId))) if (!kept.has(key)) await storage.delete(key);
  }

  async function make(
    fileId: string,
    objectKey: string,
    { source: path, folder, signal, log }: Given & { log: Logger },
  ) {
    const gone = new AbortController();
    const given = { source: path, folder, signal: AbortSignal.any([signal, gone.signal]) };
    try {
      await storage.saveTo(objectKey, given.source, given.signal);
      const source = await encoder.probe(given);
      const below = await usefulBelow(source, given);
      const made = new Set<Plan['name']>();
      for (const { name, bytes } of await listRenditions(db, fileId)) {
        if (bytes >= below(name)) await deleteRendition(db, fileId, name);
        made.add(name);
      }
      const plans = planRenditions(source);
      const isPlayable = plans.every(({ name }) => made.has(name));
      const tell = (step: number) => async (seconds: number) => {
        if (!(await isThere(db, fileId))) return gone.abort(new FileGone());
        const part = source.seconds > 0 ? Math.min(1, seconds / source.seconds) : 0;
        const percent = Math.floor((100 * (step + part)) / (plans.length + 1));
        // Nobody waits for what only the seek bar lacks.
        if (!isPlayable) await saveWork(db, fileId, { state: 'working', percent });
      };
      for (const [index, plan] of plans.entries()) {
        if (made.has(plan.name)) continue;
        await keep(fileId, plan, given, await encoder.encode(given, plan, tell(index)), below(plan.name));
      }
      // Whoever waits, waits for something to play.
      await makeExtras({ fileId, source, given, log, onSeconds: tell(plans.length) });
    } catch (error) {
      throw gone.signal.aborted ? gone.signal.reason : error;
    }
  }

  return {
    async render(fileId, { signal, lastAttempt, log }) {
      const file = await holdFile(db, fileId);
      if (!file) return;
      if (!/^(?:video|audio)\//.test(file.media_type)) {
        return saveWork(db, fileId, { state: 'done', percent: 100, version: RENDER_VERSION });
      }
      const work = await findWork(db, fileId);
      if (work?.state === 'done' && work.version >= RENDER_VERSION) return;
      if (work?.state !== 'done') await saveWork(db, fileId, { state: 'working', percent: 0 });
      const folder = await workspace.open();
      const source = join(folder.path, `source.${formatOfMediaType(file.media_type)?.extensions[0] ?? 'bin'}`);
      try {
        await make(fileId, file.object_key, { source, folder: folder.path, signal, log });
        await saveWork(db, fileId, { state: 'done', percent: 100, version: RENDER_VERSION });
      } catch (error) {
        if (error instanceof FileGone) return log.info({ fileId }, 'renditions given up: the file was deleted');
        // What ffmpeg cannot read it will not read the next time either.
        const hopeless = error instanceof ConverterError && error.reason !== 'missing';
        if (!hopeless && !lastAttempt) throw error;
        await saveWork(db, fileId, { state: 'failed', percent: 0, ...(hopeless && { version: RENDER_VERSION }) });
        log.warn({ err: error, fileId }, 'no renditions');
        if (!hopeless) throw error;
      } finally {
        await folder.close();
      }
      await dropOthers(fileId);
    },
  };
}
