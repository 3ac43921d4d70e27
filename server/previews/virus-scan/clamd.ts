import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ScannerAway, ScannerRefusal, type Verdict, type VirusScanner } from './scanner.ts';

const hostAndPort = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;

/** Where clamd listens: `host:port`, `[IPv6]:port` or `unix:/path/of/its/socket`. */
export const clamdAddressSchema = z
  .string()
  .trim()
  .refine((text) => {
    if (text.startsWith('unix:')) return text.startsWith('unix:/');
    const port = Number(hostAndPort.exec(text)?.[3]);
    return port >= 1 && port <= 65_535;
  }, 'is neither host:port nor unix:/path');

function placeOf(address: string): NetConnectOpts {
  if (address.startsWith('unix:')) return { path: address.slice('unix:'.length) };
  const [, ipv6, host, port] = hostAndPort.exec(address) ?? [];
  return { host: ipv6 ?? host ?? '', port: Number(port) };
}

export interface ClamdOptions {
  /** As `clamdAddressSchema` has it. */
  address: string;
  connectMs?: number;
  /** How long it may say nothing: it unpacks an archive before it answers. */
  silentMs?: number;
}

/** Longer answers are none of clamd's. */
const LONGEST_ANSWER = 4096;

class HungUp extends Error {}

/** One conversation: what was said up to the zero byte that ends it. */
function listen(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  socket.setEncoding('utf8');
  socket.on('data', (piece) => {
    said += piece;
    const end = said.indexOf('\0');
    if (end >= 0) resolve(said.slice(0, end));
    else if (said.length > LONGEST_ANSWER) reject(new Error('It says too much.'));
  });
  socket.on('error', reject);
  socket.on('close', () => reject(new HungUp('It hung up without an answer.')));
  return promise;
}

function connected(socket: Socket, withinMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error('It cannot be reached in time.')), withinMs);
  socket.once('connect', resolve);
  socket.once('error', reject);
  return promise.finally(() => clearTimeout(timer));
}

/**
 * Resolves when the socket has taken it, and what came meanwhile has been read; an answer or an end of the conversation is
 * the business of whoever listens.
 */
async function send(socket: Socket, ...bytes: (Buffer | string)[]): Promise<void> {
  if (socket.destroyed) return;
  socket.cork();
  const { promise: taken, resolve } = Promise.withResolvers<void>();
  bytes.forEach((piece, index) => void socket.write(piece, index === bytes.length - 1 ? () => resolve() : undefined));
  socket.uncork();
  await taken;
  await nextTurn();
}

/** Before each piece its length, big-endian; a length of zero ends the content. */
function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}

function verdictOf(answer: string): Verdict {
  if (answer === 'stream: OK') return { kind: 'clean' };
  const signature = /^stream: (.+) FOUND$/.exec(answer)?.[1];
  if (signature !== undefined) return { kind: 'infected', signature };
  if (answer === 'INSTREAM size limit exceeded. ERROR') return { kind: 'oversized' };
  throw new ScannerRefusal(`clamd cannot say: ${answer}`);
}

/** Content on its way, and how fast. */
interface Sending {
  open(): AsyncIterable<Buffer>;
  /** After each piece from there on, so that an answer is read before more is sent. */
  pauseMs: number;
  pauseFrom: number;
  sentBytes: number;
}

/**
 * When it has had enough, clamd says so and hangs up; whoever is just sending then may learn of the second before reading the
 * first. So where the line broke, the next try goes slowly.
 */
const pausesMs = [0, 5, 50] as const;
/** More than lies in the buffers of a connection. */
const BUFFERED_BYTES = 16 * 1024 * 1024;
/** What it reads at once: of a piece that it has taken whole nothing is left unread when it hangs up. */
const SLOW_PIECE_BYTES = 64 * 1024;

function* inPieces(whole: Buffer): Generator<Buffer> {
  for (let at = 0; at < whole.byteLength; at += SLOW_PIECE_BYTES) yield whole.subarray(at, at + SLOW_PIECE_BYTES);
}

function isBroken(error: unknown): boolean {
  const cause = error instanceof ScannerAway ? error.cause : undefined;
  return cause instanceof HungUp || (cause instanceof Error && 'code' in cause && brokenLine.has(String(cause.code)));
}
const brokenLine = new Set(['EPIPE', 'ECONNRESET']);

/** Speaks to a running clamd as clamd(8), "COMMANDS", has it; `z` stands before commands that a zero byte ends. */
export function createClamd({ address, connectMs = 5_000, silentMs = 10 * 60_000 }: ClamdOptions): VirusScanner {
  async function sendAll(socket: Socket, sending: Sending, over: Promise<unknown>): Promise<void> {
    let isOver = false;
    void over.then(() => {
      isOver = true;
    });
    for await (const whole of sending.open()) {
      const isSlow = sending.pauseMs > 0 && sending.sentBytes >= sending.pauseFrom;
      for (const piece of isSlow ? inPieces(whole) : [whole]) {
        // It answers before the end when it has had enough, and then takes nothing more.
        if (isOver) return;
        await Promise.race([send(socket, lengthOf(piece.byteLength), piece), over]);
        sending.sentBytes += piece.byteLength;
        if (isSlow) await Promise.race([sleep(sending.pauseMs), over]);
      }
    }
    if (!isOver) await Promise.race([send(socket, lengthOf(0)), over]);
  }

  async function ask(command: 'PING' | 'INSTREAM', given?: AbortSignal, sending?: Sending): Promise<string> {
    const socket = connect(placeOf(address));
    const hangUp = () => void socket.destroy(new Error('Nobody waits for it any more.'));
    given?.addEventListener('abort', hangUp, { once: true });
    socket.setTimeout(silentMs, () => socket.destroy(new Error('It says nothing.')));
    const answer = listen(socket);
    const over = answer.then(
      () => undefined,
      () => undefined,
    );
    try {
      given?.throwIfAborted();
      await connected(socket, connectMs);
      await Promise.race([send(socket, `z${command}\0`), over]);
      if (sending) await sendAll(socket, sending, over);
      return await answer;
    } catch (cause) {
      given?.throwIfAborted();
      throw new ScannerAway(`clamd at ${address} does not answer`, { cause });
    } finally {
      given?.removeEventListener('abort', hangUp);
      socket.destroy();
    }
  }

  async function askOf(open: () => AsyncIterable<Buffer>, signal: AbortSignal): Promise<string> {
    let pauseFrom = 0;
    for (const pauseMs of pausesMs) {
      const sending: Sending = { open, pauseMs, pauseFrom, sentBytes: 0 };
      try {
        return await ask('INSTREAM', signal, sending);
      } catch (error) {
        if (!isBroken(error) || sending.sentBytes === 0 || pauseMs === pausesMs.at(-1)) throw error;
        pauseFrom = sending.sentBytes - BUFFERED_BYTES;
      }
    }
    throw new ScannerAway(`clamd at ${address} does not answer`);
  }

  return {
    address,

    async ping(signal) {
      const answer = await ask('PING', signal);
      if (answer !== 'PONG') throw new ScannerAway(`clamd at ${address} says ${answer}`);
    },

    scan: async (open, signal) => verdictOf(await askOf(open, signal)),
  };
}
