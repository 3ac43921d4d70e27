import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Database, DatabaseTransaction } from './database/database.ts';
import { openPreviewProcessor } from './previews/open-processor.ts';
import { openRenderer } from './previews/renditions/open-renderer.ts';
import { createClamd } from './previews/virus-scan/clamd.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Storage } from './storage/storage.ts';

export interface ProcessingOptions {
  config: Config;
  dataDir: string;
  db: Database;
  storage: Storage;
  /** Part of the transaction that it is handed. */
  onFileChanged(tx: DatabaseTransaction, fileId: string): Promise<void>;
  sandbox: Promise<Sandbox>;
  log: Logger;
}

/** Opens what looks into uploaded files: the virus scanner, the previews, and the smaller videos. */
export async function openProcessing(options: ProcessingOptions) {
  const { config, dataDir, db, storage, sandbox, onFileChanged, log } = options;
  const scanner = config.CLAMD_ADDRESS === undefined ? null : createClamd({ address: config.CLAMD_ADDRESS });
  const [previews, renderer] = await Promise.all([
    openPreviewProcessor({
      db,
      storage,
      log,
      sandbox,
      scanner,
      directory: join(dataDir, 'tmp', 'previews'),
      programs: {
        soffice: config.SOFFICE_PATH,
        pdfinfo: config.PDFINFO_PATH,
        pdftoppm: config.PDFTOPPM_PATH,
        pdftotext: config.PDFTOTEXT_PATH,
        ffprobe: config.FFPROBE_PATH,
        ffmpeg: config.FFMPEG_PATH,
        heifConvert: config.HEIF_CONVERT_PATH,
      },
      onFileChanged,
    }),
    openRenderer({
      db,
      storage,
      sandbox,
      directory: join(dataDir, 'tmp', 'renditions'),
      programs: { ffprobe: config.FFPROBE_PATH, ffmpeg: config.FFMPEG_PATH },
    }),
  ]);
  return { previews, renderer, scanner, unprotected: (await sandbox).missing };
}
