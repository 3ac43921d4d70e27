import {
  type Method,
  type NotificationData,
  type NotificationMethod,
  notifications,
  type RequestAnswer,
  type RequestData,
  requests,
} from '../../media/protocol.ts';
import { ClassroomFailure } from './failure.ts';
import { deferred, openRequestSocket } from './request-socket.ts';

export type NotificationHandlers = { [M in NotificationMethod]?: (data: NotificationData<M>) => void };

export interface ClassroomSocket {
  /** Resolves with the close code (RFC 6455 §7.4.1); 1006 when the line went silent. */
  readonly closed: Promise<number>;
  readonly hello: Promise<NotificationData<'hello'>>;
  /** @throws ClassroomFailure with the node's code, `timed_out` or `line_lost`. */
  request<M extends Method>(method: M, data: RequestData<M>, timeoutMs?: number): Promise<RequestAnswer<M>>;
  /** Counts as closed from now on; the node hears of it by `close`. */
  giveUp(): void;
  close(code?: number): void;
}

export interface SocketOptions {
  url: string;
  /** A parsed notification, in the order of the wire. `deliver` hands its data to the handler of its method. */
  notified(seq: number | null, deliver: (handlers: NotificationHandlers) => void): void;
  /** How long the node may take to say hello. */
  helloWithinMs?: number;
}

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

/** The WebSocket of the classroom: a socket of requests whose notifications are parsed, and which begins with a hello. */
export function openSocket({ url, notified, helloWithinMs }: SocketOptions): ClassroomSocket {
  const hello = deferred<NotificationData<'hello'>>();
  const socket = openRequestSocket({
    url,
    methods: requests,
    ...(helloWithinMs !== undefined && { beginWithinMs: helloWithinMs }),
    notified({ seq, method, data }) {
      if (!isNotification(method)) return; // A newer node may tell more than this client knows.
      const deliver = deliverTo(method, data);
      deliver({
        hello(said) {
          socket.begun();
          hello.resolve(said);
        },
      });
      notified(seq, deliver);
    },
  });
  void socket.closed.then(() => hello.reject(new ClassroomFailure('line_lost')));
  const { closed, request, giveUp, close } = socket;
  return { hello: hello.promise, closed, request, giveUp, close };
}
