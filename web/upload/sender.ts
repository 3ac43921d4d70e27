import type { DetailedError, Upload } from 'tus-js-client';
import { ApiError, isProblem } from '../api/problem.ts';
import { storableName } from './file-name.ts';

export interface SenderEvents {
  /** Bytes that have left, of those the file has. */
  progress(sentBytes: number): void;
  /** Nothing gets through; it goes on by itself. */
  waiting(): void;
  sending(): void;
  sent(fileId: string): void;
  refused(error: ApiError): void;
}

export interface SenderOptions {
  /** Id of the account whose file it is; keeps two accounts of one browser apart. */
  owner: string;
  /** Asks the server whether that account is still signed in. Rejects when there is no answer. */
  isOwnerHere(): Promise<boolean>;
  events: SenderEvents;
}

export interface Sender {
  start(): void;
  /** Stops; what was sent stays on the server for the next start. */
  pause(): void;
  /** Stops and has the server forget what it received. */
  cancel(): Promise<void>;
}

const retryAfterMs = [1000, 2000, 4000, 8000, 15_000];
/** A dead line often reports nothing at all; this long without a byte counts as dead. */
const stalledAfterMs = 20_000;
const chunkBytes = 32 * 1024 * 1024;

function refusalOf(error: Error | DetailedError): ApiError | null {
  if (!('originalResponse' in error) || !error.originalResponse) return null;
  const status = error.originalResponse.getStatus();
  // 423: another tab or the request before still holds the upload. 5xx: the server is restarting. Both pass.
  if (status === 423 || status === 409 || (status >= 500 && status !== 507)) return null;
  const known: Record<number, string> = {
    401: 'not_signed_in',
    413: 'upload_too_large',
    415: 'type_not_allowed',
    507: 'no_space',
  };
  try {
    const body: unknown = JSON.parse(error.originalResponse.getBody());
    if (isProblem(body)) return new ApiError(body.code, status, body, error);
  } catch {
    // The body is no problem document; the status says enough.
  }
  return new ApiError(known[status] ?? 'bad_request', status, null, error);
}

function statusOf(error: Error | DetailedError): number {
  return 'originalResponse' in error && error.originalResponse ? error.originalResponse.getStatus() : 0;
}

/**
 * Sends one file by tus 1.0 and never begins anew what the server still has: the library would do so whenever the
 * server answers a resumption with an error, even a passing one.
 */
export function createSender(file: File, { owner, isOwnerHere, events }: SenderOptions): Sender {
  const endpoint = new URL('/api/uploads', location.href).href;
  let upload: Upload | null = null;
  let preparing: Promise<Upload> | null = null;
  /** Number of the newest attempt; a pause may have overtaken the question of an older one. */
  let attempt = 0;
  let stopped = false;
  let tries = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const watch = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(interrupt, stalledAfterMs);
  };
  function interrupt(): void {
    if (stopped) return;
    clearTimeout(watchdog);
    void upload?.abort();
    wait();
  }
  function wait(): void {
    events.waiting();
    clearTimeout(retry);
    const delay = retryAfterMs[Math.min(tries, retryAfterMs.length - 1)] ?? 1000;
    tries += 1;
    retry = setTimeout(go, delay);
  }
  /** No answer came: the line is gone, or the file is (it was changed, or the stick was pulled). */
  async function waitOrGiveUp(cause: Error): Promise<void> {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      end();
      events.refused(new ApiError('file_gone', 0, null, cause));
      return;
    }
    if (!stopped) wait();
  }
  function go(): void {
    clearTimeout(retry);
    if (stopped || !upload) return;
    if (!navigator.onLine) {
      wait();
      return;
    }
    if (upload.url) send(upload, null);
    else void begin(upload);
  }
  function send(ready: Upload, anewAt: string | null): void {
    ready.options.endpoint = anewAt;
    watch();
    ready.start();
  }
  /** Another tab may have signed in somebody else meanwhile, who must not become the owner of this file. */
  async function begin(ready: Upload): Promise<void> {
    attempt += 1;
    const own = attempt;
    const here = await isOwnerHere().catch(() => null);
    if (stopped || own !== attempt) return;
    if (here) send(ready, endpoint);
    else if (here === null) wait();
    else {
      end();
      events.refused(new ApiError('not_signed_in', 401, null));
    }
  }
  function onOnline(): void {
    tries = 0;
    go();
  }
  function end(): void {
    stopped = true;
    clearTimeout(retry);
    clearTimeout(watchdog);
    removeEventListener('online', onOnline);
    removeEventListener('offline', interrupt);
  }

  async function prepare(): Promise<Upload> {
    const tus = await import('tus-js-client');
    const created = new tus.Upload(file, {
      endpoint,
      chunkSize: chunkBytes,
      retryDelays: null,
      removeFingerprintOnSuccess: true,
      metadata: { filename: storableName(file.name), filetype: file.type },
      fingerprint: async (given) => ['tongke', owner, given.name, given.size, given.lastModified].join(':'),
      onUploadUrlAvailable() {
        // Behind a proxy the server may not know the address that we know it by.
        if (created.url) created.url = new URL(new URL(created.url).pathname, location.href).href;
      },
      onProgress(sent) {
        tries = 0;
        watch();
        events.sending();
        events.progress(sent);
      },
      onSuccess() {
        end();
        events.sent(created.url?.split('/').at(-1) ?? '');
      },
      onError(error) {
        clearTimeout(watchdog);
        if (stopped) return;
        const gone = created.url && [403, 404, 410].includes(statusOf(error));
        if (gone) {
          // The server has cleaned this upload away: only now does it begin anew.
          created.url = null;
          go();
          return;
        }
        const refusal = refusalOf(error);
        if (refusal) {
          end();
          events.refused(refusal);
        } else void waitOrGiveUp(error);
      },
    });
    const [previous] = await created.findPreviousUploads();
    if (previous) {
      created.resumeFromPreviousUpload(previous);
      created.url = previous.uploadUrl;
    }
    return created;
  }

  return {
    start() {
      stopped = false;
      tries = 0;
      addEventListener('online', onOnline);
      addEventListener('offline', interrupt);
      if (upload) return go();
      // Whoever pauses and goes on meanwhile still gets one upload, not two.
      if (preparing) return;
      preparing = prepare();
      preparing.then(
        (created) => {
          upload = created;
          go();
        },
        () => {
          preparing = null;
          if (stopped) return;
          // The uploader's own script could not be fetched: the network is away.
          retry = setTimeout(() => this.start(), retryAfterMs[1]);
          events.waiting();
        },
      );
    },
    pause() {
      end();
      void upload?.abort();
    },
    async cancel() {
      end();
      await upload?.abort(Boolean(upload.url));
    },
  };
}
