import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
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
/** Requests a second that a client may make in the long run, and at once. */
const requestRate = 30;
const requestBurst = 150;

export type Reply = {
  data: unknown;
  /** Done once the answer is on the wire. */
  after?: () => void;
  /** Done instead when the answer came too late: the client has been told that it failed. */
  undo?: () => void;
};

export type ConnectionHandlers = {
  /** Requests of one connection are handled one after the other. */
  onRequest(frame: RequestFrame): Promise<Reply>;
  onClosed(): void;
};

/** One WebSocket: frames in and out, heartbeat, rate and back-pressure. Knows nothing of rooms. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #log: Logger;
  readonly #handlers: ConnectionHandlers;
  #turn: Promise<void> = Promise.resolve();
  #allowance = requestBurst;
  #refilledAt = performance.now();
  #alive = true;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(socket: WebSocket, log: Logger, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#log = log;
    this.#handlers = handlers;
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    socket.on('message', (data, isBinary) => this.#receive(String(data), isBinary));
    socket.on('pong', () => {
      this.#alive = true;
    });
    socket.on('error', (error) => this.#log.debug({ err: error }, 'a classroom socket failed'));
    socket.on('close', () => {
      clearInterval(this.#heartbeat);
      this.#handlers.onClosed();
    });
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
    this.#socket.close(code, reason);
    // A peer that is gone never answers the close frame.
    setTimeout(() => this.#socket.terminate(), 2_000).unref();
  }

  #receive(text: string, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const frame = isBinary ? null : parseFrame(text);
    if (!frame) {
      this.close(closeCodes.badFrame, 'bad_frame');
      return;
    }
    if (!this.#admit()) {
      this.close(closeCodes.tooMany, 'too_many_requests');
      return;
    }
    this.#turn = this.#turn.then(() => this.#answer(frame));
  }

  async #answer({ id, method, ...rest }: RequestFrame): Promise<void> {
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

  /** A token bucket. */
  #admit(): boolean {
    const now = performance.now();
    this.#allowance = Math.min(requestBurst, this.#allowance + ((now - this.#refilledAt) / 1000) * requestRate);
    this.#refilledAt = now;
    if (this.#allowance < 1) return false;
    this.#allowance -= 1;
    return true;
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
