import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import {
  type Method,
  type NotificationData,
  type NotificationMethod,
  notifications,
  type RequestAnswer,
  type RequestData,
  type RtpCapabilities,
  requests,
  type ServerFrame,
  serverFrame,
} from '../../../media/protocol.ts';

type Heard = { seq: number | null; method: NotificationMethod; data: unknown };

/** A refusal, as the wire tells it. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;

  constructor({ code, status }: { code: string; status: number }) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

/** The code by which the node refuses; `taken` when it does not. */
export const refusalOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => 'taken',
    (error: unknown) => (error instanceof Refused ? error.code : error),
  );

/** A client of the wire without a browser: it parses all that it is sent with the schemas that browsers use. */
export class ClassroomClient {
  readonly heard: Heard[] = [];
  /** Close code and reason, once the socket is closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly socket: WebSocket;
  #nextId = 1;
  readonly #waiting = new Map<number, { resolve(data: unknown): void; reject(error: Error): void }>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        for (const { reject } of this.#waiting.values()) reject(new Error(`closed with ${code} ${reason}`));
        resolve({ code, reason: String(reason) });
      });
    });
    socket.on('message', (data) => this.#receive(serverFrame.parse(JSON.parse(String(data)))));
  }

  static async connect(url: string): Promise<ClassroomClient> {
    const socket = new WebSocket(url);
    const client = new ClassroomClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return client;
  }

  /** Says what it can receive by what the node says that it sends. */
  async join(token: string): Promise<RequestAnswer<'join'>> {
    return this.request('join', { token, rtpCapabilities: await this.capabilities() });
  }

  async capabilities(): Promise<RtpCapabilities> {
    return (await this.hear('hello')).routerRtpCapabilities;
  }

  async request<M extends Method>(method: M, data: RequestData<M>): Promise<RequestAnswer<M>> {
    const schema: { parse(value: unknown): unknown } = requests[method].answer;
    return schema.parse(await this.requestRaw(method, data)) as RequestAnswer<M>;
  }

  requestRaw(method: string, data: unknown): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.socket.send(JSON.stringify({ type: 'request', id, method, data }));
    });
  }

  /** The first notification of this method (from `skip` on), waiting for it for 8 s. */
  async hear<M extends NotificationMethod>(method: M, skip = 0): Promise<NotificationData<M>> {
    const deadline = Date.now() + 8_000;
    for (;;) {
      const found = this.all(method)[skip];
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`no ${method} was heard`);
      await delay(10);
    }
  }

  all<M extends NotificationMethod>(method: M): NotificationData<M>[] {
    return this.heard.filter((each) => each.method === method).map((each) => each.data as NotificationData<M>);
  }

  get lastSeq(): number {
    return Math.max(0, ...this.heard.map(({ seq }) => seq ?? 0));
  }

  /** Cuts the line without a goodbye. */
  drop(): void {
    this.socket.terminate();
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'notification') {
      const method = frame.method as NotificationMethod;
      this.heard.push({ seq: frame.seq, method, data: notifications[method].parse(frame.data) });
      return;
    }
    const waiting = this.#waiting.get(frame.id);
    this.#waiting.delete(frame.id);
    if (frame.ok) waiting?.resolve(frame.data);
    else waiting?.reject(new Refused(frame.error));
  }
}
