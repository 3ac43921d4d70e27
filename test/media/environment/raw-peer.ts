import { once } from 'node:events';
import { WebSocket } from 'ws';
import { errorCodes, type ResponseFrame, serverFrame } from '../../../media/protocol.ts';

/** `ok`, the code of a refusal, or `closed 4400` when the socket ended without an answer. */
export type Outcome = string;

const codes: ReadonlySet<string> = new Set(errorCodes);
/** A code of the protocol that says what was wrong with what was asked. */
export const isRefusal = (outcome: Outcome): boolean => codes.has(outcome) && outcome !== 'internal';

/** Somebody who may say anything at all. What the node says must still be of the protocol: anything else throws. */
export class RawPeer {
  readonly socket: WebSocket;
  /** Close code and reason, once the socket is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** By the id of the request. */
  readonly answers = new Map<number, ResponseFrame>();
  readonly notified: string[] = [];
  #nextId = 1;
  #changed = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#tell();
      });
    });
    // A line that breaks under what was sent is told by its close.
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const frame = serverFrame.parse(JSON.parse(String(data)));
      if (frame.type === 'response') this.answers.set(frame.id, frame);
      else this.notified.push(frame.method);
      this.#tell();
    });
  }

  static async connect(url: string): Promise<RawPeer> {
    const peer = new RawPeer(new WebSocket(url));
    await once(peer.socket, 'open');
    return peer;
  }

  say(frame: string | Buffer): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  async ask(method: string, data: unknown): Promise<Outcome> {
    const id = this.#nextId++;
    this.say(JSON.stringify({ type: 'request', id, method, data }));
    return await this.outcome(id);
  }

  /** What the node answers to this request. */
  async answerOf<T>(method: string, data: unknown): Promise<T> {
    const id = this.#nextId;
    const outcome = await this.ask(method, data);
    const answer = this.answers.get(id);
    if (!answer?.ok) throw new Error(`${method}: ${outcome}`);
    return answer.data as T;
  }

  async outcome(id: number): Promise<Outcome> {
    for (;;) {
      const answer = this.answers.get(id);
      if (answer) return answer.ok ? 'ok' : answer.error.code;
      if (this.socket.readyState === WebSocket.CLOSED) return `closed ${(await this.closed).code}`;
      await this.#changed.promise;
    }
  }

  async leave(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  #tell(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
