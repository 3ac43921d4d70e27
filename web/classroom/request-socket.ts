import type { z } from 'zod';
import { closeCodes, type NotificationFrame, requestTimeoutMs, serverFrame } from '../../media/protocol.ts';
import { ClassroomFailure } from './failure.ts';

/** Method → what is sent and what is answered. */
type Methods = { readonly [method: string]: { data: z.ZodType; answer: z.ZodType } };

export interface RequestSocket<T extends Methods> {
  /** @throws ClassroomFailure `line_lost` when it was closed before it was open */
  readonly opened: Promise<void>;
  /** Resolves with the close code (RFC 6455 §7.4.1); 1006 when the line went silent. */
  readonly closed: Promise<number>;
  /** What the far end had to do at first it has done: from now on the socket has all the time it needs. */
  begun(): void;
  /** @throws ClassroomFailure with the node's code, `timed_out` or `line_lost`. */
  request<M extends keyof T & string>(
    method: M,
    data: z.input<T[M]['data']>,
    timeoutMs?: number,
  ): Promise<z.output<T[M]['answer']>>;
  /** Counts as closed from now on; the far end hears of it by `close`. */
  giveUp(): void;
  close(code?: number): void;
}

export interface RequestSocketOptions<T extends Methods> {
  url: string | URL;
  methods: T;
  /** After so long without `begun` it is given up. */
  beginWithinMs?: number;
  /** @throws when it is not of the protocol */
  notified?(frame: NotificationFrame): void;
}

interface Waiting {
  method: string;
  timer: ReturnType<typeof setTimeout>;
  resolve(data: unknown): void;
  reject(error: ClassroomFailure): void;
}

const abnormalClosure = 1006;
const graceMs = 200;

/** As Promise.withResolvers, which browsers have only since 2023; the rooms' machines are older. */
export function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => undefined); // Whoever awaits it sees the failure; nobody has to.
  return { promise, resolve, reject };
}

/** One WebSocket to a media node: requests with their answers, silence told from patience. */
export function openRequestSocket<T extends Methods>(options: RequestSocketOptions<T>): RequestSocket<T> {
  const { url, methods, beginWithinMs = requestTimeoutMs } = options;
  const socket = new WebSocket(url);
  const waiting = new Map<number, Waiting>();
  const opened = deferred<void>();
  const closed = deferred<number>();
  let nextId = 1;
  let heardAt = Date.now();
  let over = false;

  function finish(code: number): void {
    if (over) return;
    over = true;
    clearTimeout(beginTimer);
    const failure = new ClassroomFailure('line_lost');
    for (const request of waiting.values()) {
      clearTimeout(request.timer);
      request.reject(failure);
    }
    waiting.clear();
    opened.reject(failure);
    closed.resolve(code);
  }

  /** A dead line never completes the closing handshake, so the socket counts as closed at once. */
  function abandon(code: number): void {
    finish(code);
    socket.close();
  }

  function receive(text: string): void {
    heardAt = Date.now();
    const frame = serverFrame.parse(JSON.parse(text));
    if (frame.type === 'notification') {
      options.notified?.(frame);
      return;
    }
    const request = waiting.get(frame.id);
    if (!request) return; // Its time was over before the answer came.
    waiting.delete(frame.id);
    clearTimeout(request.timer);
    if (frame.ok) request.resolve(methods[request.method]?.answer.parse(frame.data));
    else request.reject(new ClassroomFailure(frame.error.code));
  }

  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('message', (event) => {
    if (over) return;
    try {
      receive(String(event.data));
    } catch (error) {
      // What a frame says is not understood, or what comes of it fails: a fault of ours or the node's, which is not to stay unseen.
      reportError(error);
      abandon(closeCodes.badFrame);
    }
  });
  socket.addEventListener('close', (event) => finish(event.code));

  const beginTimer = setTimeout(() => abandon(abnormalClosure), beginWithinMs);
  return {
    opened: opened.promise,
    closed: closed.promise,
    begun: () => clearTimeout(beginTimer),
    request(method, data, timeoutMs = requestTimeoutMs) {
      return new Promise((resolve, reject) => {
        if (over || socket.readyState !== WebSocket.OPEN) return reject(new ClassroomFailure('line_lost'));
        const id = nextId++;
        const sentAt = Date.now();
        const timer = setTimeout(() => {
          // On a busy machine answers may lie unread behind this very timer: they get their turn first.
          setTimeout(() => {
            if (!waiting.delete(id)) return;
            reject(new ClassroomFailure('timed_out'));
            // Nothing at all was heard since: it is the line, not a slow answer.
            if (heardAt < sentAt) abandon(abnormalClosure);
          }, graceMs);
        }, timeoutMs);
        // Parsed with the schema of its method; TypeScript cannot see that the two belong together, hence the one cast.
        const answered = (answer: unknown): void => resolve(answer as z.output<T[typeof method]['answer']>);
        waiting.set(id, { method, timer, resolve: answered, reject });
        socket.send(JSON.stringify({ type: 'request', id, method, data }));
      });
    },
    giveUp: () => finish(abnormalClosure),
    close(code = 1000) {
      finish(code);
      socket.close(code);
    },
  };
}
