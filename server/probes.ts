import type { MediaNode } from '../media/index.ts';
import type { Config } from './config.ts';
import { pingDatabase } from './database/database.ts';
import type { Parts } from './parts.ts';
import { findProgram } from './previews/converter.ts';
import type { Probe } from './system/service.ts';

/** Programs that are called on files, and what their absence means. */
const programs = [
  { setting: 'FFMPEG_PATH', use: 'recordings are not finished, videos have no poster' },
  { setting: 'FFPROBE_PATH', use: 'recordings are not finished, videos have no length' },
  { setting: 'SOFFICE_PATH', use: 'Word, PowerPoint and Excel files have no preview' },
  { setting: 'PDFTOPPM_PATH', use: 'documents have no preview' },
  { setting: 'PDFTOTEXT_PATH', use: 'words inside documents are not found' },
  { setting: 'PDFINFO_PATH', use: 'documents have no preview' },
  { setting: 'HEIF_CONVERT_PATH', use: 'HEIC pictures have no preview' },
] as const satisfies { setting: keyof Config; use: string }[];

/** Sentences about the programs that are missing; empty when all are there. */
export async function missingPrograms(config: Config): Promise<string[]> {
  const found = await Promise.all(programs.map(({ setting }) => findProgram(config[setting])));
  return programs.filter((_, index) => found[index] === null).map(({ setting, use }) => `${config[setting]}: ${use}`);
}

/** How each part is asked whether it works. */
export function probesOf(
  { database, storage }: Parts,
  index: { ping(signal?: AbortSignal): Promise<void> },
  classroom: MediaNode,
  missing: readonly string[],
): Probe[] {
  return [
    {
      name: 'database',
      required: true,
      async check() {
        await pingDatabase(database.db);
        return { state: 'working' };
      },
    },
    {
      name: 'storage',
      required: true,
      async check() {
        await storage.ping();
        return { state: 'working' };
      },
    },
    {
      // Without it, search goes through the database.
      name: 'search',
      required: false,
      async check(signal) {
        await index.ping(signal);
        return { state: 'working' };
      },
    },
    {
      name: 'classroom',
      required: true,
      async check() {
        const { workers, waitingChunks, failingRecordings } = await classroom.stats();
        if (!workers.some(({ alive }) => alive)) throw new Error('no media worker is running');
        if (failingRecordings > 0) {
          return { state: 'degraded', detail: `${waitingChunks} pieces of recordings wait for the store` };
        }
        return { state: 'working' };
      },
    },
    {
      name: 'converters',
      required: false,
      async check() {
        return missing.length === 0 ? { state: 'working' } : { state: 'degraded', detail: missing.join('; ') };
      },
    },
  ];
}
