import { ApiError } from '../api/problem.ts';
import { recall, remember } from '../state/tab-memory.ts';

/** A file that the server has and no resource yet. */
export interface SentFile {
  fileId: string;
  name: string;
  mediaType: string;
  bytes: number;
  /** Milliseconds since 1970. */
  lastModified: number;
}

const memory = 'sent-files';

export function rememberSent(owner: string, files: SentFile[]): void {
  const kept = files.map(
    ({ fileId, name, mediaType, bytes, lastModified }): SentFile => ({ fileId, name, mediaType, bytes, lastModified }),
  );
  remember(memory, kept.length > 0 ? { owner, files: kept } : null);
}

/** What the account had sent in this tab before a reload. */
export function recallSent(owner: string): SentFile[] {
  const found = recall(memory);
  if (typeof found !== 'object' || found === null || !('owner' in found) || found.owner !== owner) return [];
  return 'files' in found && Array.isArray(found.files) ? (found.files as SentFile[]) : [];
}

/** Whether the server has cleaned it away. Without an answer it counts as there: publishing will tell. */
export async function isGone(read: (fileId: string) => Promise<unknown>, fileId: string): Promise<boolean> {
  try {
    await read(fileId);
    return false;
  } catch (error) {
    return error instanceof ApiError && error.status === 404;
  }
}
