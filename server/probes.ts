import type { MediaNode } from '../media/index.ts';
import type { Config } from './config.ts';
import { pingDatabase } from './database/database.ts';
import type { Parts } from './parts.ts';
import type { VirusScanner } from './previews/virus-scan/scanner.ts';
import { findProgram } from './sandbox/converter.ts';
import type { Protection } from './sandbox/sandbox.ts';
import type { FaultCode } from './system/faults.ts';
import type { Probe } from './system/service.ts';

/** Programs that are called on files, and what is wrong without them. */
const programs = [
  { setting: 'FFMPEG_PATH', code: 'ffmpeg_missing' },
  { setting: 'FFPROBE_PATH', code: 'ffprobe_missing' },
  { setting: 'SOFFICE_PATH', code: 'soffice_missing' },
  { setting: 'PDFTOPPM_PATH', code: 'pdftoppm_missing' },
  { setting: 'PDFTOTEXT_PATH', code: 'pdftotext_missing' },
  { setting: 'PDFINFO_PATH', code: 'pdfinfo_missing' },
  { setting: 'HEIF_CONVERT_PATH', code: 'heif_convert_missing' },
] as const satisfies { setting: keyof Config; code: FaultCode }[];

/** A program that is not on this machine. */
export interface MissingProgram {
  code: FaultCode;
  /** Its name or path. */
  subject: string;
}

export async function missingPrograms(config: Config): Promise<MissingProgram[]> {
  const found = await Promise.all(programs.map(({ setting }) => findProgram(config[setting])));
  return programs
    .filter((_, index) => found[index] === null)
    .map(({ setting, code }) => ({ code, subject: config[setting] }));
}

const exposures = {
  user: 'converters_share_user',
  network: 'converters_reach_network',
  files: 'converters_see_files',
  processes: 'converters_uncounted',
  memory: 'converters_unlimited',
} as const satisfies Record<Protection, FaultCode>;

/** What is wrong where converters are less walled in than they could be. */
export function exposuresOf(unprotected: readonly Protection[]): { code: FaultCode }[] {
  return unprotected.map((protection) => ({ code: exposures[protection] }));
}

/** Without it, new files wait. */
function scannerProbe(scanner: VirusScanner): Probe {
  return {
    name: 'scanner',
    required: false,
    async check(signal) {
      try {
        await scanner.ping(signal);
        return { state: 'working' };
      } catch (error) {
        const { cause = error } = error instanceof Error ? error : {};
        const detail = cause instanceof Error ? cause.message : String(cause);
        return { state: 'failed', faults: [{ code: 'scanner_away', subject: scanner.address, detail }] };
      }
    },
  };
}

/** How each part is asked whether it works. */
export function probesOf(
  { database, storage }: Parts,
  index: { ping(signal?: AbortSignal): Promise<void> },
  classroom: MediaNode,
  /** Programs that are not there, and protections. */
  lacking: readonly { code: FaultCode; subject?: string }[],
  /** Null where none is configured. */
  scanner: VirusScanner | null = null,
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
        if (!workers.some(({ alive }) => alive)) return { state: 'failed', faults: [{ code: 'no_media_worker' }] };
        if (failingRecordings > 0) {
          return { state: 'degraded', faults: [{ code: 'recordings_waiting', subject: String(waitingChunks) }] };
        }
        return { state: 'working' };
      },
    },
    {
      name: 'converters',
      required: false,
      async check() {
        return lacking.length === 0 ? { state: 'working' } : { state: 'degraded', faults: lacking };
      },
    },
    ...(scanner === null ? [] : [scannerProbe(scanner)]),
  ];
}
