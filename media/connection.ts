import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { Allowance, type Rate } from './allowance.ts';
import { ClassroomError } from './errors.ts';
import {
  closeCodes,
  heartbeatMs,
  type NotificationData,
  type NotificationMethod,
  type RequestFrame,
  requestFrame,
  requestTimeoutMs,
  type ServerFrame,
} from './protocol.ts';

const droppableBytes = 65_536;
const tooSlowBytes = 1_048_576;
/** What a client may ask for once it is in; pings and pongs count like requests. */
const usualRate: Rate = { burst: 150, perSecond: 30 };
/** Before that it has one thing to say, and perhaps to say again. */
const strangersRate: Rate = { burst: 10, perSecond: 1 };
/** Requests that wait for the one before; a client of ours has no more than a few. */
const mostWaiting = 64;

export type Reply = {
  data: unknown;
  /** Done once the answer is on the wire. */
  after?: () => void;
  /** Done instead when the answer came too late: the client has been told that it failed. */
  undo?: () => void;
};

export type ConnectionHandlers = {
  /** Requests of one connection are handled one after the other, but for a `ping`. */
  onRequest(frame: RequestFrame): Promise<Reply>;
  onClosed(): void;
};

/** One WebSocket: frames in and out, heartbeat, rate and back-pressure. Knows nothing of rooms. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #log: Logger;
  readonly #handlers: ConnectionHandlers;
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;
  #allowance = new Allowance(strangersRate);
  /** It was let go: what it had asked for before is not done any more. */
  #over = false;
  #alive = true;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(socket: WebSocket, log: Logger, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#log = log;
    this.#handlers = handlers;
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#admit());
    socket.on('pong', () => {
      this.#alive = true;
      this.#admit();
    });
    socket.on('error', (error) => this.#log.debug({ err: error }, 'a classroom socket failed'));
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      this.#handlers.onClosed();
    });
  }

  /** Whoever is on the other end has shown that it belongs here. */
  welcome(): void {
    this.#allowance = new Allowance(usualRate);
  }

  /** Sends a frame that must arrive; a client that does not read is let go and may resume. */
  send(frame: ServerFrame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > tooSlowBytes) {
      this.close(closeCodes.tooSlow, 'too_slow');
      return;
    }
    this.#socket.send(JSON.stringify(frame));
  }

  /** Sends what is only worth having now: dropped while the client reads slowly. */
  inform<M extends NotificationMethod>(method: M, data: NotificationData<M>): void {
    if (this.#socket.bufferedAmount > droppableBytes) return;
    this.send({ type: 'notification', seq: null, method, data });
  }

  /** @param reason a stable word for the client's log */
  close(code: number, reason: string): void {
    this.#over = true;
    this.#socket.close(code, reason);
    // A peer that is gone never answers the close frame.
    setTimeout(() => this.#socket.terminate(), 2_000).unref();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (!this.#admit()) return;
    const frame = isBinary ? null : parseFrame(String(data));
    if (!frame) {
      this.close(closeCodes.badFrame, 'bad_frame');
      return;
    }
    if (this.#waiting >= mostWaiting) {
      this.close(closeCodes.tooMany, 'too_many_waiting');
      return;
    }
    this.#waiting += 1;
    const answer = async () => {
      await this.#answer(frame);
      this.#waiting -= 1;
    };
    // Whether the line lives does not depend on what else is being done.
    if (frame.method === 'ping') void answer();
    else this.#turn = this.#turn.then(answer);
  }

  async #answer({ id, method, ...rest }: RequestFrame): Promise<void> {
    if (this.#over) return;
    try {
      const { data, after } = await this.#inTime(this.#handlers.onRequest({ id, method, ...rest }));
      this.send({ type: 'response', id, ok: true, data });
      after?.();
    } catch (thrown) {
      const error = thrown instanceof ClassroomError ? thrown : new ClassroomError('internal', { cause: thrown });
      if (error.status >= 500) this.#log.error({ err: error, method }, 'a classroom request failed');
      this.send({ type: 'response', id, ok: false, error: { code: error.code, status: error.status } });
      if (error.status === 401) this.close(closeCodes.refused, error.code);
    }
  }

  async #inTime(work: Promise<Reply>): Promise<Reply> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), requestTimeoutMs);
    });
    try {
      const reply = await Promise.race([work, deadline]);
      if (reply !== 'late') return reply;
      work.then(
        ({ undo }) => undo?.(),
        (error: unknown) => this.#log.debug({ err: error }, 'a classroom request failed after its time'),
      );
      throw new ClassroomError('media_unavailable');
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether a frame is looked at. Of who has sent too many none is any more. */
  #admit(): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false;
    if (this.#allowance.take()) return true;
    this.close(closeCodes.tooMany, 'too_many_requests');
    return false;
  }

  #beat(): void {
    if (!this.#alive) {
      this.#socket.terminate();
      return;
    }
    this.#alive = false;
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }
}

function parseFrame(text: string): RequestFrame | null {
  try {
    return requestFrame.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // What is not JSON is no frame of ours either.
    return null;
  }
}
