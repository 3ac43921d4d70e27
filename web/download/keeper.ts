import { type Ref, reactive, ref } from 'vue';
import { readFile } from '../api/files.ts';
import { ApiError, isAborted } from '../api/problem.ts';
import { createSpeed } from '../state/speed.ts';
import { handOver } from './hand-over.ts';
import { createHolds } from './holds.ts';
import { type FileToTake, openKeptParts } from './kept-parts.ts';
import { receive } from './receive.ts';

export interface DownloadItem extends FileToTake {
  receivedBytes: number;
  bytesPerSecond: number;
  /** `offline` goes on by itself; `saved`: the browser has it, and the parts are kept until it is taken off the list. */
  state: 'receiving' | 'offline' | 'paused' | 'failed' | 'saved';
  error: ApiError | null;
}

/** The downloads of one account in this browser. */
export interface Keeper {
  items: Ref<DownloadItem[]>;
  /** @returns false where this browser has no room for it. @throws ApiError when the file is not given, or another page receives it */
  start(fileId: string): Promise<boolean>;
  pause(item: DownloadItem): void;
  /** Also for the one more time that something saved is to be saved. */
  resume(item: DownloadItem): void;
  remove(item: DownloadItem): Promise<void>;
  /** Stops all of them; what has come is kept for the next time. Resolves when it is. */
  close(): Promise<void>;
  /** Stops all of them, and leaves nothing in this browser. */
  clear(): Promise<void>;
}

/** What has been saved can be saved once more for so long, unless it is taken off the list. */
const savedMs = 3600_000;

/** @throws DOMException where the browser keeps nothing */
export async function openKeeper(owner: string): Promise<Keeper> {
  const kept = await openKeptParts();
  const holds = createHolds();
  const items = ref<DownloadItem[]>([]);
  const running = new Map<string, AbortController>();
  /** When the last turn of each has kept what it had. */
  const ends = new Map<string, Promise<void>>();
  const find = (fileId: string) => items.value.find((item) => item.fileId === fileId);

  function list(file: FileToTake, known: Partial<DownloadItem>): DownloadItem {
    const { fileId, name, mediaType, bytes } = file;
    const begun: DownloadItem = {
      ...{ fileId, name, mediaType, bytes, receivedBytes: 0, bytesPerSecond: 0, state: 'receiving', error: null },
      ...known,
    };
    const item = reactive(begun);
    items.value = [...items.value, item];
    return item;
  }

  async function keepPart(fileId: string, from: number, part: Blob): Promise<void> {
    const isKept = await kept.add(fileId, from, part).catch((cause: unknown) => {
      throw new ApiError('no_room_here', 0, null, cause);
    });
    if (!isKept) throw new ApiError('not_found', 0, null);
  }

  async function save(item: DownloadItem): Promise<void> {
    const content = await kept.content(item.fileId);
    if (content.size !== item.bytes) throw new ApiError('internal', 0, null);
    handOver(content, item.name);
    item.state = 'saved';
    await kept.change(item.fileId, { handedOverAt: Date.now() });
  }

  function run(item: DownloadItem): void {
    const { fileId } = item;
    const life = new AbortController();
    running.set(fileId, life);
    item.error = null;
    item.state = 'receiving';
    const before = ends.get(fileId) ?? Promise.resolve();
    const turn = before.then(() => receiveAll(item, life));
    ends.set(fileId, turn);
  }

  async function receiveAll(item: DownloadItem, life: AbortController): Promise<void> {
    const { fileId, bytes } = item;
    const speed = createSpeed();
    const rest = (): void => {
      item.bytesPerSecond = 0;
      speed.rest();
    };
    try {
      item.receivedBytes = (await kept.content(fileId)).size;
      await receive({
        ...{ fileId, bytes, received: item.receivedBytes, signal: life.signal },
        keep: (from, part) => keepPart(fileId, from, part),
        progress(received) {
          item.state = 'receiving';
          item.receivedBytes = received;
          item.bytesPerSecond = speed.measure(received);
        },
        waiting() {
          item.state = 'offline';
          rest();
        },
      });
      await save(item);
    } catch (error) {
      if (isAborted(error)) return;
      item.error = error instanceof ApiError ? error : new ApiError('internal', 0, null, error);
      item.state = 'failed';
    } finally {
      rest();
      if (running.get(fileId) === life) running.delete(fileId);
    }
  }

  function stopAll(): Promise<unknown> {
    const stopped = Promise.all(items.value.map(stop));
    items.value = [];
    return stopped;
  }

  /** Resolves when nothing of it is kept any more that comes after this. */
  function stop({ fileId }: DownloadItem): Promise<void> {
    running.get(fileId)?.abort();
    running.delete(fileId);
    return ends.get(fileId) ?? Promise.resolve();
  }

  function resume(item: DownloadItem): void {
    if (running.has(item.fileId)) return;
    void kept.change(item.fileId, { paused: false });
    run(item);
  }

  /** What a page before has left: it goes on by itself. */
  async function bringBack(fileId: string): Promise<void> {
    const file = (await kept.list()).find((one) => one.fileId === fileId);
    if (!file || find(fileId)) return holds.leave(fileId);
    const saved = file.handedOverAt !== null;
    const receivedBytes = (await kept.content(fileId)).size;
    const item = list(file, { receivedBytes, state: saved ? 'saved' : 'paused' });
    if (!saved && !file.paused) run(item);
  }

  for (const { fileId, ...file } of await kept.list()) {
    const over = file.handedOverAt !== null && file.handedOverAt < Date.now() - savedMs;
    // On a shared computer the next person neither sees nor has what the one before had begun.
    if (over || file.owner !== owner) await kept.remove(fileId);
    else if (await holds.take(fileId)) await bringBack(fileId);
    else holds.whenFree(fileId, () => void bringBack(fileId));
  }

  return {
    items,
    async start(fileId) {
      const listed = find(fileId);
      if (listed) {
        resume(listed);
        return true;
      }
      const { name, mediaType, bytes } = await readFile(fileId);
      const { quota = bytes, usage = 0 } = (await navigator.storage?.estimate()) ?? {};
      if (quota - usage < bytes) return false;
      if (!(await holds.take(fileId))) throw new ApiError('download_elsewhere', 0, null);
      // Pressed twice, it is one.
      if (find(fileId)) return true;
      const item = list({ fileId, name, mediaType, bytes }, {});
      await kept.put({ fileId, name, mediaType, bytes, owner, paused: false, handedOverAt: null });
      run(item);
      return true;
    },
    pause(item) {
      void stop(item);
      item.state = 'paused';
      item.bytesPerSecond = 0;
      void kept.change(item.fileId, { paused: true });
    },
    resume,
    async remove(item) {
      items.value = items.value.filter(({ fileId }) => fileId !== item.fileId);
      await stop(item);
      await kept.remove(item.fileId);
      holds.leave(item.fileId);
    },
    async close() {
      await stopAll();
      holds.leaveAll();
      kept.close();
    },
    async clear() {
      await stopAll();
      for (const { fileId } of await kept.list()) await kept.remove(fileId);
    },
  };
}
