import {
  closeCodes,
  type Method,
  type NotificationData,
  type NotificationMethod,
  notifications,
  type RequestAnswer,
  type RequestData,
  requests,
  requestTimeoutMs,
  serverFrame,
} from '../../media/protocol.ts';
import { ClassroomFailure } from './failure.ts';

export type NotificationHandlers = { [M in NotificationMethod]?: (data: NotificationData<M>) => void };

export interface ClassroomSocket {
  /** Resolves with the close code (RFC 6455 §7.4.1); 1006 when the line went silent. */
  readonly closed: Promise<number>;
  readonly hello: Promise<NotificationData<'hello'>>;
  /** @throws ClassroomFailure with the node's code, `timed_out` or `line_lost`. */
  request<M extends Method>(method: M, data: RequestData<M>, timeoutMs?: number): Promise<RequestAnswer<M>>;
  close(code?: number): void;
}

export interface SocketOptions {
  url: string;
  /** A parsed notification, in the order of the wire. `deliver` hands its data to the handler of its method. */
  notified(seq: number | null, deliver: (handlers: NotificationHandlers) => void): void;
}

interface Waiting {
  method: Method;
  timer: ReturnType<typeof setTimeout>;
  resolve(data: unknown): void;
  reject(error: ClassroomFailure): void;
}

const abnormalClosure = 1006;
const graceMs = 200;

function isNotification(method: string): method is NotificationMethod {
  return Object.hasOwn(notifications, method);
}

/** Parses with the schema of the method; TypeScript cannot see that the two belong together, hence the one cast. */
function deliverTo<M extends NotificationMethod>(method: M, data: unknown) {
  const parsed = notifications[method].parse(data) as NotificationData<M>;
  return (handlers: NotificationHandlers): void => {
    const handler = handlers[method] as ((data: NotificationData<M>) => void) | undefined;
    handler?.(parsed);
  };
}

/** As Promise.withResolvers, which browsers have only since 2023; the rooms' machines are older. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

/** One WebSocket of the classroom: requests with their answers, notifications parsed, silence told from patience. */
export function openSocket({ url, notified }: SocketOptions): ClassroomSocket {
  const socket = new WebSocket(url);
  const waiting = new Map<number, Waiting>();
  const closed = deferred<number>();
  const hello = deferred<NotificationData<'hello'>>();
  hello.promise.catch(() => undefined); // Whoever awaits it sees the failure; nobody has to.
  let nextId = 1;
  let heardAt = Date.now();
  let over = false;

  function finish(code: number): void {
    if (over) return;
    over = true;
    clearTimeout(helloTimer);
    const failure = new ClassroomFailure('line_lost');
    for (const request of waiting.values()) {
      clearTimeout(request.timer);
      request.reject(failure);
    }
    waiting.clear();
    hello.reject(failure);
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
      if (!isNotification(frame.method)) return; // A newer node may tell more than this client knows.
      const deliver = deliverTo(frame.method, frame.data);
      deliver({
        hello(data) {
          clearTimeout(helloTimer);
          hello.resolve(data);
        },
      });
      notified(frame.seq, deliver);
      return;
    }
    const request = waiting.get(frame.id);
    if (!request) return; // Its time was over before the answer came.
    waiting.delete(frame.id);
    clearTimeout(request.timer);
    if (frame.ok) request.resolve(requests[request.method].answer.parse(frame.data));
    else request.reject(new ClassroomFailure(frame.error.code));
  }

  socket.addEventListener('message', (event) => {
    if (over) return;
    try {
      receive(String(event.data));
    } catch {
      abandon(closeCodes.badFrame);
    }
  });
  socket.addEventListener('close', (event) => finish(event.code));

  const helloTimer = setTimeout(() => abandon(abnormalClosure), requestTimeoutMs);
  return {
    closed: closed.promise,
    hello: hello.promise,
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
        waiting.set(id, {
          method,
          timer,
          resolve: (answer) => resolve(answer as RequestAnswer<typeof method>),
          reject,
        });
        socket.send(JSON.stringify({ type: 'request', id, method, data }));
      });
    },
    close(code = 1000) {
      finish(code);
      socket.close(code);
    },
  };
}
