import { type ComputedRef, computed, type InjectionKey, markRaw, type Ref, reactive, ref, watch } from 'vue';
import { readFile } from '../api/files.ts';
import { ApiError } from '../api/problem.ts';
import { injected } from '../state/injection.ts';
import type { Session } from '../state/session.ts';
import { createSpeed } from '../state/speed.ts';
import { isGone, recallListed, rememberListed } from './listed-files.ts';
import { createSender, type Sender, type SenderEvents } from './sender.ts';
import { createUploadForm, type UploadForm } from './upload-form.ts';

export interface UploadItem {
  key: number;
  name: string;
  mediaType: string;
  bytes: number;
  /** Milliseconds since 1970. */
  lastModified: number;
  sentBytes: number;
  /** `offline` goes on by itself when the network is back; `detached`, on its way when the page was loaded anew, once the file is chosen again. */
  state: 'queued' | 'sending' | 'offline' | 'paused' | 'failed' | 'detached' | 'sent' | 'removed';
  bytesPerSecond: number;
  error: ApiError | null;
  /** Known once sent. */
  fileId: string | null;
}

export type SentItem = UploadItem & { fileId: string };

export interface Uploads {
  items: Ref<UploadItem[]>;
  form: UploadForm;
  busy: ComputedRef<boolean>;
  add(files: File[]): void;
  pause(item: UploadItem): void;
  resume(item: UploadItem): void;
  /** Stops it and takes it off the list. */
  cancel(item: UploadItem): Promise<void>;
  /** Takes finished ones off the list, because a resource has them now. */
  release(fileIds: string[]): void;
  /** Resolves with those that are sent when none is on its way; the ones taken off the list meanwhile are left out. Rejects with the first refusal, with `file_detached` for one that has to be chosen again, and as aborted when another account signs in. */
  whenSent(items: UploadItem[]): Promise<SentItem[]>;
}

export const uploadsKey: InjectionKey<Uploads> = Symbol('uploads');
export const useUploads = (): Uploads => injected(uploadsKey);

const atOnce = 2;
const isSent = (item: UploadItem): item is SentItem => item.fileId !== null;
/** Its file can no longer be read by this page. */
const mustBeChosen = ({ state, error }: UploadItem): boolean => state === 'detached' || error?.code === 'file_gone';
const isOf = (item: UploadItem, { name, size, lastModified }: File): boolean =>
  item.name === name && item.bytes === size && item.lastModified === lastModified;

export interface UploadsOptions {
  session: Pick<Session, 'account' | 'refresh'>;
  createSender?: (...args: Parameters<typeof createSender>) => Sender;
  /** Rejects with an ApiError of status 404 when the server does not have the file. */
  readFile?: (id: string) => Promise<unknown>;
}

/** The uploads of this tab. They go on while other pages are open. */
export function createUploads({ session, ...parts }: UploadsOptions): Uploads {
  const { createSender: newSender = createSender, readFile: read = readFile } = parts;
  const items = ref<UploadItem[]>([]);
  const form = createUploadForm();
  const senders = new Map<number, Sender>();
  let nextKey = 1;
  let owner: string | null = null;

  const isRunning = (item: UploadItem): boolean => ['queued', 'sending', 'offline'].includes(item.state);
  const busy = computed(() => items.value.some(isRunning));
  // What is sent and not described yet would have to be sent again.
  addEventListener('beforeunload', (event) => {
    if (items.value.length > 0) event.preventDefault();
  });
  watch(
    () => session.account.value?.id ?? null,
    (id) => {
      for (const item of items.value) if (isRunning(item)) pause(item);
      if (id === null || id === owner) return;
      owner = id;
      // On a shared computer the next person neither sees nor sends what the one before had begun.
      for (const item of items.value) item.state = 'removed';
      items.value = [];
      senders.clear();
      form.open(id);
      bringBack(id);
    },
    // At once: nothing may be sent in between.
    { immediate: true, flush: 'sync' },
  );
  watch(
    () => items.value.map((item) => item.fileId ?? item.key),
    () => {
      if (owner !== null) rememberListed(owner, items.value);
    },
  );

  /** What was sent before a reload waits to be described; what was not waits for its file, which a page cannot keep. */
  function bringBack(id: string): void {
    for (const file of recallListed(id)) {
      const { fileId, bytes } = file;
      const item = newItem(fileId ? { ...file, sentBytes: bytes, state: 'sent' } : { ...file, state: 'detached' });
      items.value.push(item);
      if (!fileId) continue;
      void isGone(read, fileId).then((gone) => {
        if (gone) take(item);
      });
    }
  }

  function take(item: UploadItem): void {
    items.value = items.value.filter((one) => one.key !== item.key);
    item.state = 'removed';
  }

  function newItem(known: Pick<UploadItem, 'name' | 'mediaType' | 'bytes' | 'lastModified'> & Partial<UploadItem>) {
    const item: UploadItem = {
      ...{ key: nextKey++, sentBytes: 0, state: 'queued', bytesPerSecond: 0, error: null, fileId: null },
      ...known,
    };
    return reactive(item);
  }

  function queue(item: UploadItem): void {
    item.error = null;
    item.state = 'queued';
  }

  function startQueued(): void {
    const running = items.value.filter((item) => item.state === 'sending' || item.state === 'offline').length;
    for (const item of items.value.filter((one) => one.state === 'queued').slice(0, Math.max(0, atOnce - running))) {
      item.state = 'sending';
      senders.get(item.key)?.start();
    }
  }

  function send(item: UploadItem, file: File): Sender {
    const speed = createSpeed();
    const settle = (state: UploadItem['state']): void => {
      item.state = state;
      item.bytesPerSecond = 0;
      startQueued();
    };
    const itsOwner = session.account.value?.id ?? '';
    const isOwnerHere = async (): Promise<boolean> => {
      await session.refresh();
      return session.account.value?.id === itsOwner;
    };
    const events: SenderEvents = {
      sending: () => {
        if (item.state === 'offline') item.state = 'sending';
      },
      progress(sentBytes) {
        item.bytesPerSecond = speed.measure(sentBytes);
        item.sentBytes = sentBytes;
      },
      waiting() {
        item.state = 'offline';
        item.bytesPerSecond = 0;
        speed.rest();
      },
      sent(fileId) {
        item.fileId = fileId;
        item.sentBytes = item.bytes;
        settle('sent');
      },
      refused(error) {
        item.error = error;
        settle('failed');
      },
    };
    return newSender(file, { owner: itsOwner, isOwnerHere, events });
  }

  function pause(item: UploadItem): void {
    senders.get(item.key)?.pause();
    item.state = 'paused';
    item.bytesPerSecond = 0;
  }

  return {
    items,
    form,
    busy,
    add(files) {
      for (const file of files) {
        const listed = items.value.find((one) => isOf(one, file));
        // The same file twice would be one upload that two senders take from each other.
        if (listed && !mustBeChosen(listed)) continue;
        const { name, type, size, lastModified } = file;
        const item = listed ?? newItem({ name, mediaType: type, bytes: size, lastModified });
        senders.set(item.key, markRaw(send(item, file)));
        if (listed) queue(item);
        else items.value.push(item);
      }
      startQueued();
    },
    pause(item) {
      pause(item);
      startQueued();
    },
    resume(item) {
      queue(item);
      startQueued();
    },
    async cancel(item) {
      const sender = senders.get(item.key);
      senders.delete(item.key);
      const { state } = item;
      take(item);
      startQueued();
      // Without a line the server is not told; what nobody goes on with it cleans away by itself.
      if (state !== 'sent') await sender?.cancel().catch(() => undefined);
    },
    release(fileIds) {
      items.value = items.value.filter((item) => !item.fileId || !fileIds.includes(item.fileId));
    },
    whenSent(wanted) {
      const whose = owner;
      return new Promise((resolve, reject) => {
        const stop = watch(
          () => wanted.map((item) => item.state),
          () => {
            const left = wanted.filter((item) => item.state !== 'removed');
            const failed = left.find((item) => item.state === 'failed');
            const sent = left.filter(isSent);
            const detached = left.some((item) => item.state === 'detached');
            if (!failed && !detached && sent.length < left.length) return;
            queueMicrotask(() => stop());
            if (failed) reject(failed.error);
            else if (detached) reject(new ApiError('file_detached', 0, null));
            // Nobody else is told what became of the files of the person before.
            else if (whose !== owner) reject(new DOMException('Another account has signed in.', 'AbortError'));
            else if (sent.length === 0) reject(new ApiError('upload_removed', 0, null));
            else resolve(sent);
          },
          { immediate: true },
        );
      });
    },
  };
}
