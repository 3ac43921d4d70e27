import {
  closeCodes,
  type Method,
  type NotificationData,
  type RequestAnswer,
  type RequestData,
  resumeWindowMs,
} from '../../media/protocol.ts';
import { ApiError } from '../api/problem.ts';
import { type BackOff, backOffMs, pause, reconnectBackOff } from '../state/back-off.ts';
import { ClassroomFailure, failureCode } from './failure.ts';
import { type ClassroomSocket, type NotificationHandlers, openSocket } from './socket.ts';

/**
 * `connecting`: the first time. `open`: in the room. `reconnecting`: the socket is gone, media may still flow.
 * `closed`: for good; the reason says why.
 */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'closed';
export type ClosedReason = 'left' | 'ended' | 'replaced' | 'refused';

export interface ConnectionOptions {
  /** Asks the API for the node's address and a join token, anew for each join: one is good once. A rejection is tried again, unless `isFinal` says otherwise. */
  admit(signal: AbortSignal): Promise<{ token: string; url: string }>;
  isFinal?(error: unknown): boolean;
  /** What this browser can receive, once the node has said what it speaks. */
  capabilities(hello: NotificationData<'hello'>): Promise<RequestData<'join'>['rtpCapabilities']>;
  /** What is known of the line. */
  line?(): Pick<RequestData<'join'>, 'rung' | 'downKbps'>;
  joined(answer: RequestAnswer<'join'>): void;
  resumed(answer: RequestAnswer<'resume'>): void;
  handlers: NotificationHandlers;
  changed(state: ConnectionState, reason: ClosedReason | null, error: unknown): void;
  backOff?: BackOff;
}

/** A line that lives has answered by then; only where it has not is another one worth its handshake. */
const answerWithinMs = 200;
/** While a line is cut, knocks are lost, and are repeated ever more rarely: a fresh one after this is sooner at the node. */
const knockMs = 6_000;

export interface Connection {
  request<M extends Method>(method: M, data: RequestData<M>, timeoutMs?: number): Promise<RequestAnswer<M>>;
  /** There are signs that the line is back: what waits, or knocks in vain, tries anew at once. */
  hurry(): void;
  /** There are signs that the line is dead: of this socket and a new one, the first to answer stays. */
  doubt(): void;
  /** Says goodbye and ends every timer; idempotent. */
  leave(): void;
}

/** Stays in one class session through lost sockets, expired tokens and restarted nodes, until it is over or `leave`. */
export function createConnection(options: ConnectionOptions): Connection {
  const { admit, isFinal = () => false, backOff = reconnectBackOff } = options;
  const life = new AbortController();
  let socket: ClassroomSocket | null = null;
  let joined = false;
  let url: string | null = null;
  let resumeToken: string | null = null;
  let lastSeq = 0;
  let attempt = 0;
  let lostAt = 0;
  let hurried = false;
  /** Opened in doubt of the one before, and greeted by the node: the next to resume on. */
  let spare: ClassroomSocket | null = null;
  /** The one before: it stays open until the node has moved us, so that nobody sees us go. */
  let former: ClassroomSocket | null = null;
  let doubting = false;
  let rest = new AbortController();

  function close(reason: ClosedReason, error: unknown = null): void {
    if (life.signal.aborted) return;
    life.abort();
    rest.abort();
    spare?.close();
    former?.close();
    joined = false;
    options.changed('closed', reason, error);
  }

  function open(address: string, helloWithinMs?: number): ClassroomSocket {
    return openSocket({
      url: address,
      helloWithinMs,
      notified(seq, deliver) {
        deliver(options.handlers);
        if (seq !== null) lastSeq = seq;
      },
    });
  }

  async function join(): Promise<ClassroomSocket> {
    for (const idle of [spare, former]) idle?.close();
    spare = null;
    former = null;
    const admission = await admit(life.signal);
    url = admission.url;
    const opened = open(admission.url);
    socket = opened;
    const rtpCapabilities = await options.capabilities(await opened.hello);
    const answer = await opened.request('join', { token: admission.token, rtpCapabilities, ...options.line?.() });
    resumeToken = answer.resumeToken;
    lastSeq = answer.seq;
    options.joined(answer);
    return opened;
  }

  async function resume(address: string, token: string): Promise<ClassroomSocket> {
    const opened = spare ?? open(address, knockMs);
    spare = null;
    socket = opened;
    await opened.hello;
    const answer = await opened.request('resume', { resumeToken: token, lastSeq });
    if (answer.kind === 'snapshot') lastSeq = answer.snapshot.seq;
    options.resumed(answer);
    former?.close();
    former = null;
    return opened;
  }

  /** What a close code means for the next try; see `closeCodes` in the protocol. */
  function afterClose(code: number): void {
    if (code === closeCodes.ended) close('ended');
    else if (code === closeCodes.replaced) close('replaced');
    else if (code === closeCodes.refused || code === closeCodes.badFrame) resumeToken = null;
  }

  async function once(): Promise<void> {
    try {
      // After the window the node has let go, and the lesson may have moved to another node.
      if (Date.now() - lostAt > resumeWindowMs) resumeToken = null;
      const opened = url !== null && resumeToken !== null ? await resume(url, resumeToken) : await join();
      if (life.signal.aborted) return opened.close();
      attempt = 0;
      joined = true;
      options.changed('open', null, null);
      const code = await opened.closed;
      lostAt = Date.now();
      afterClose(code);
    } catch (error) {
      const code = failureCode(error);
      if (code === 'session_ended') close('ended');
      else if (isFinal(error)) close('refused', error);
      else if (code === 'line_lost' && socket) afterClose(await socket.closed);
      // The node is there and no longer knows us: begin anew with a fresh token, and soon.
      else if (code === 'resume_unknown') {
        resumeToken = null;
        attempt = 0;
      } else if (error instanceof ClassroomFailure) {
        if (code !== 'timed_out') resumeToken = null;
      } else if (!(error instanceof ApiError) && !life.signal.aborted) {
        // A fault of ours: the next try may meet it again, but not unseen.
        reportError(error);
      }
    } finally {
      joined = false;
      if (socket !== former) socket?.close();
    }
  }

  /** After a change of address the browser goes on with the dead socket until TCP gives up, which takes minutes. */
  async function doubt(): Promise<void> {
    const present = socket;
    if (!joined || !present || doubting || url === null || resumeToken === null) return;
    doubting = true;
    let other: ClassroomSocket | null = null;
    try {
      const answer = present.request('ping', {}).then(() => present);
      if ((await Promise.race([answer, pause(answerWithinMs, life.signal)])) === present) return;
      if (socket !== present || !joined) return;
      const opened = open(url, knockMs);
      other = opened;
      const first = await Promise.race([answer, opened.hello.then(() => opened)]);
      if (first === present || socket !== present || !joined) return opened.close();
      spare = opened;
      former = present;
      hurried = true;
      present.giveUp();
    } catch {
      // Neither answers: the line is gone, and what waits for the present socket finds out by itself.
      other?.close();
    } finally {
      doubting = false;
    }
  }

  async function run(): Promise<void> {
    options.changed('connecting', null, null);
    while (!life.signal.aborted) {
      await once();
      if (life.signal.aborted) return;
      options.changed('reconnecting', null, null);
      rest = new AbortController();
      if (!hurried) await pause(backOffMs(attempt++, backOff), rest.signal);
      hurried = false;
    }
  }

  void run();
  return {
    async request(method, data, timeoutMs) {
      if (!socket || !joined) throw new ClassroomFailure('line_lost');
      return socket.request(method, data, timeoutMs);
    },
    hurry() {
      if (joined || life.signal.aborted || resumeToken === null) return;
      hurried = true;
      rest.abort();
      socket?.close();
    },
    doubt: () => void doubt(),
    leave() {
      if (life.signal.aborted) return;
      const open = joined ? socket : null;
      close('left');
      // The node lets go at once; a lost goodbye only means that it waits its 30 s.
      const goodbye = open?.request('leave', {}, 1000).catch(() => undefined) ?? Promise.resolve();
      void goodbye.then(() => socket?.close());
    },
  };
}
