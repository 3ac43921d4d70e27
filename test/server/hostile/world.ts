import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type File, fileSchema } from '../../../server/files/schema.ts';
import { openPreviewProcessor } from '../../../server/previews/open-processor.ts';
import type { Programs } from '../../../server/previews/processor.ts';
import { createFilesWorld, log, upload } from '../files-world.ts';

const programs: Programs = {
  soffice: 'soffice',
  pdfinfo: 'pdfinfo',
  pdftoppm: 'pdftoppm',
  pdftotext: 'pdftotext',
  ffprobe: 'ffprobe',
  ffmpeg: 'ffmpeg',
  heifConvert: 'heif-convert',
};

export interface Outcome {
  id: string;
  file: File;
  /** All words that were found. */
  text: string;
  tookMs: number;
  /** By how much the memory of this process had grown at its highest. */
  grownBytes: number;
}

/** Files are uploaded through the API, and looked into by the real processor in its real sandbox. */
export async function createHostileWorld() {
  const world = await createFilesWorld();
  const processor = await openPreviewProcessor({
    db: world.db,
    storage: world.storage,
    directory: join(world.folder, 'tmp'),
    programs,
    log,
    onFileChanged: async () => undefined,
  });

  return {
    ...world,
    async process(name: string, content: Uint8Array): Promise<Outcome> {
      const id = await upload(world, name, content);
      const before = process.memoryUsage().rss;
      let highest = before;
      const watch = setInterval(() => {
        highest = Math.max(highest, process.memoryUsage().rss);
      }, 10);
      const startedAt = performance.now();
      await processor
        .process(id, { signal: AbortSignal.timeout(170_000), lastAttempt: false, log })
        .finally(() => clearInterval(watch));
      const tookMs = performance.now() - startedAt;
      const file = fileSchema.parse(await (await world.request(`/files/${id}`)).json());
      const pages = await world.db.selectFrom('page_text').select('text').where('file_id', '=', id).execute();
      expect(await readdir(join(world.folder, 'tmp')), 'nothing is left behind').toEqual([]);
      return { id, file, text: pages.map(({ text }) => text).join('\n'), tookMs, grownBytes: highest - before };
    },
    /** Where browsers get a file: as nothing but a download, whatever they ask for. */
    async expectOnlyDownload(id: string): Promise<void> {
      for (const disposition of ['inline', 'attachment']) {
        const served = await world.request(`/files/${id}/content?disposition=${disposition}`);
        await served.body?.cancel();
        expect(served.status).toBe(200);
        expect(served.headers.get('content-disposition')).toMatch(/^attachment;/);
        expect(served.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
        expect(served.headers.get('x-content-type-options')).toBe('nosniff');
      }
    },
  };
}

export type HostileWorld = Awaited<ReturnType<typeof createHostileWorld>>;
