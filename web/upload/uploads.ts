import { type ComputedRef, computed, type InjectionKey, markRaw, type Ref, reactive, ref, watch } from 'vue';
import type { ApiError } from '../api/problem.ts';
import { injected } from '../state/injection.ts';
import type { Session } from '../state/session.ts';
import { createSender, type Sender } from './sender.ts';

export interface UploadItem {
  key: number;
  name: string;
  mediaType: string;
  bytes: number;
  sentBytes: number;
  /** `offline` goes on by itself when the network is back. */
  state: 'queued' | 'sending' | 'offline' | 'paused' | 'failed' | 'sent';
  bytesPerSecond: number;
  error: ApiError | null;
  /** Known once sent. */
  fileId: string | null;
}

export interface Uploads {
  items: Ref<UploadItem[]>;
  busy: ComputedRef<boolean>;
  add(files: File[]): void;
  pause(item: UploadItem): void;
  resume(item: UploadItem): void;
  /** Stops it and takes it off the list. */
  cancel(item: UploadItem): Promise<void>;
  /** Takes finished ones off the list, because a resource has them now. */
  release(fileIds: string[]): void;
  /** Resolves when all of them are sent; rejects with the first refusal. */
  whenSent(items: UploadItem[]): Promise<string[]>;
}

export const uploadsKey: InjectionKey<Uploads> = Symbol('uploads');
export const useUploads = (): Uploads => injected(uploadsKey);

const atOnce = 2;
/** Weight of the newest second in the speed that is shown. */
const fresh = 0.25;

/** The uploads of this tab. They go on while other pages are open. */
export function createUploads(session: Session): Uploads {
  const items = ref<UploadItem[]>([]);
  const senders = new Map<number, Sender>();
  let nextKey = 1;

  const busy = computed(() => items.value.some((item) => ['queued', 'sending', 'offline'].includes(item.state)));
  addEventListener('beforeunload', (event) => {
    if (busy.value) event.preventDefault();
  });

  function startQueued(): void {
    const running = items.value.filter((item) => item.state === 'sending' || item.state === 'offline').length;
    for (const item of items.value.filter((one) => one.state === 'queued').slice(0, Math.max(0, atOnce - running))) {
      item.state = 'sending';
      senders.get(item.key)?.start();
    }
  }

  function send(item: UploadItem, file: File): Sender {
    let measuredAt = 0;
    let measuredBytes = 0;
    const settle = (state: UploadItem['state']): void => {
      item.state = state;
      item.bytesPerSecond = 0;
      startQueued();
    };
    return createSender(file, session.account.value?.id ?? '', {
      sending: () => {
        if (item.state === 'offline') item.state = 'sending';
      },
      progress(sentBytes) {
        const now = performance.now();
        if (measuredAt === 0 || sentBytes < measuredBytes) {
          measuredAt = now;
          measuredBytes = sentBytes;
        } else if (now - measuredAt > 1000) {
          const speed = ((sentBytes - measuredBytes) * 1000) / (now - measuredAt);
          item.bytesPerSecond = item.bytesPerSecond ? item.bytesPerSecond * (1 - fresh) + speed * fresh : speed;
          measuredAt = now;
          measuredBytes = sentBytes;
        }
        item.sentBytes = sentBytes;
      },
      waiting() {
        item.state = 'offline';
        item.bytesPerSecond = 0;
        measuredAt = 0;
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
    });
  }

  return {
    items,
    busy,
    add(files) {
      for (const file of files) {
        const item: UploadItem = reactive({
          key: nextKey++,
          name: file.name,
          mediaType: file.type,
          bytes: file.size,
          sentBytes: 0,
          state: 'queued',
          bytesPerSecond: 0,
          error: null,
          fileId: null,
        });
        senders.set(item.key, markRaw(send(item, file)));
        items.value.push(item);
      }
      startQueued();
    },
    pause(item) {
      senders.get(item.key)?.pause();
      item.state = 'paused';
      item.bytesPerSecond = 0;
      startQueued();
    },
    resume(item) {
      item.error = null;
      item.state = 'queued';
      startQueued();
    },
    async cancel(item) {
      const sender = senders.get(item.key);
      senders.delete(item.key);
      items.value = items.value.filter((one) => one.key !== item.key);
      startQueued();
      if (item.state !== 'sent') await sender?.cancel();
    },
    release(fileIds) {
      items.value = items.value.filter((item) => !item.fileId || !fileIds.includes(item.fileId));
    },
    whenSent(wanted) {
      return new Promise((resolve, reject) => {
        const stop = watch(
          () => wanted.map((item) => item.state),
          () => {
            const failed = wanted.find((item) => item.state === 'failed');
            const fileIds = wanted.flatMap((item) => item.fileId ?? []);
            if (!failed && fileIds.length < wanted.length) return;
            queueMicrotask(() => stop());
            if (failed) reject(failed.error);
            else resolve(fileIds);
          },
          { immediate: true },
        );
      });
    },
  };
}
