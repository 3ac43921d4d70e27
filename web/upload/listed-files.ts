import { ApiError } from '../api/problem.ts';
import { recall, remember } from '../state/tab-memory.ts';

/** A file on the list that no resource has yet. */
export interface ListedFile {
  /** Known once the server has all of it. */
  fileId: string | null;
  name: string;
  mediaType: string;
  bytes: number;
  /** Milliseconds since 1970. */
  lastModified: number;
}

const memory = 'listed-files';

export function rememberListed(owner: string, files: ListedFile[]): void {
  const kept = files.map(
    ({ fileId, name, mediaType, bytes, lastModified }): ListedFile => ({
      fileId,
      name,
      mediaType,
      bytes,
      lastModified,
    }),
  );
  remember(memory, kept.length > 0 ? { owner, files: kept } : null);
}

/** What the account had on the list in this tab before a reload. */
export function recallListed(owner: string): ListedFile[] {
  const found = recall(memory);
  if (typeof found !== 'object' || found === null || !('owner' in found) || found.owner !== owner) return [];
  return 'files' in found && Array.isArray(found.files) ? (found.files as ListedFile[]) : [];
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
