import { createReadStream } from 'node:fs';
import type { Database } from '../../database/database.ts';
import { changeFile, letIn } from '../repository.ts';
import type { VirusScanner } from './scanner.ts';

const PIECE_BYTES = 256 * 1024;

export interface VirusCheck {
  /**
   * Before anything is fetched: whether there is somebody to look at it.
   * @returns whether a verdict is to come. @throws ScannerAway
   */
  ready(fileId: string, signal: AbortSignal): Promise<boolean>;
  /**
   * Looks into a file. Whoever waits for it is let in as soon as nothing was found.
   * @returns the name of what was found, or null. @throws ScannerAway, ScannerRefusal
   */
  look(fileId: string, path: string, signal: AbortSignal): Promise<string | null>;
}

/**
 * What is too large for the scanner is let through and marked: it lets large files within archives through as well
 * (MaxFileSize), and otherwise no film could be shared. Where no scanner is configured, what waited for one is let in.
 */
export function createVirusCheck(db: Database, scanner: VirusScanner | null): VirusCheck {
  if (scanner === null) {
    return {
      async ready(fileId) {
        await letIn(db, fileId);
        return false;
      },
      look: () => Promise.resolve(null),
    };
  }
  return {
    async ready(_, signal) {
      await scanner.ping(signal);
      return true;
    },

    async look(fileId, path, signal) {
      const open = () => createReadStream(path, { highWaterMark: PIECE_BYTES });
      const verdict = await scanner.scan(open, signal);
      if (verdict.kind === 'infected') return verdict.signature;
      await changeFile(db, fileId, { scan: verdict.kind, scan_signature: null });
      return null;
    },
  };
}
