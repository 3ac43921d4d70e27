import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

export interface FileToTake {
  fileId: string;
  name: string;
  mediaType: string;
  bytes: number;
}

/** A file of which this browser keeps what has come. */
export interface KeptFile extends FileToTake {
  /** Id of the account that asked for it. */
  owner: string;
  paused: boolean;
  /** Milliseconds since 1970; null while it is on its way. */
  handedOverAt: number | null;
}

interface Parts extends DBSchema {
  files: { key: string; value: KeptFile };
  parts: { key: [fileId: string, from: number]; value: { fileId: string; from: number; blob: Blob } };
}

const partsOf = (fileId: string) => IDBKeyRange.bound([fileId, 0], [fileId, Number.MAX_SAFE_INTEGER]);

/** What has come of files, in IndexedDB: it outlives a reload, and browsers keep it on the disk and not in memory. */
export interface KeptParts {
  list(): Promise<KeptFile[]>;
  put(file: KeptFile): Promise<void>;
  change(fileId: string, change: Partial<KeptFile>): Promise<void>;
  /** @returns false, and keeps nothing, when the file has been removed meanwhile: another page may have signed out. */
  add(fileId: string, from: number, blob: Blob): Promise<boolean>;
  /** What has come from the beginning on without a hole. */
  content(fileId: string): Promise<Blob>;
  remove(fileId: string): Promise<void>;
  close(): void;
}

/** @throws DOMException where the browser keeps nothing, as some private windows do */
export async function openKeptParts(): Promise<KeptParts> {
  const db: IDBPDatabase<Parts> = await openDB<Parts>('tongke-downloads', 1, {
    upgrade(fresh) {
      fresh.createObjectStore('files', { keyPath: 'fileId' });
      fresh.createObjectStore('parts', { keyPath: ['fileId', 'from'] });
    },
  });

  return {
    list: () => db.getAll('files'),
    async put(file) {
      await db.put('files', file);
    },
    async change(fileId, given) {
      const change = db.transaction('files', 'readwrite');
      const known = await change.store.get(fileId);
      if (known) await change.store.put({ ...known, ...given });
      await change.done;
    },
    async add(fileId, from, blob) {
      const change = db.transaction(['files', 'parts'], 'readwrite');
      const isWanted = (await change.objectStore('files').get(fileId)) !== undefined;
      if (isWanted) await change.objectStore('parts').put({ fileId, from, blob });
      await change.done;
      return isWanted;
    },
    async content(fileId) {
      const blobs: Blob[] = [];
      let end = 0;
      for (const { from, blob } of await db.getAll('parts', partsOf(fileId))) {
        // Of what two pages have received each for itself the parts of the other do not fit.
        if (from !== end) continue;
        blobs.push(blob);
        end += blob.size;
      }
      // Whatever the file says it is: a page must never be opened from it as if it were one of ours.
      return new Blob(blobs, { type: 'application/octet-stream' });
    },
    async remove(fileId) {
      const change = db.transaction(['files', 'parts'], 'readwrite');
      await Promise.all([
        change.objectStore('files').delete(fileId),
        change.objectStore('parts').delete(partsOf(fileId)),
        change.done,
      ]);
    },
    close: () => db.close(),
  };
}
