import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { recordingState, source } from './protocol.ts';
import type { RecordingSink } from './recording-sink.ts';

const recordingId = z.string();
const at = z.number();

/** What goes to the sink in order; parsed when it comes back from this node's disk. */
const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('track'),
    value: z.object({
      recordingId,
      trackId: z.string(),
      epoch: z.number(),
      participantId: z.string(),
      role: z.enum(['presenter', 'receiver']),
      roomId: z.string().nullable(),
      source,
      kind: z.enum(['audio', 'video']),
      mimeType: z.string(),
      clockRate: z.number(),
      channels: z.number().nullable(),
      openedAt: at,
    }),
  }),
  z.object({
    kind: z.literal('chunk'),
    value: z.object({
      recordingId,
      trackId: z.string(),
      epoch: z.number(),
      number: z.number(),
      bytes: z.number(),
      sha256: z.string(),
      packets: z.number(),
      firstSequence: z.number(),
      lastSequence: z.number(),
      firstArrival: z.number(),
      lastArrival: z.number(),
    }),
  }),
  z.object({
    kind: z.literal('state'),
    value: z.object({ recordingId, state: recordingState, reason: z.string().nullable(), at }),
  }),
  z.object({
    kind: z.literal('event'),
    value: z.discriminatedUnion('type', [
      z.object({ recordingId, at, type: z.literal('slides'), fileId: z.string().nullable(), page: z.number() }),
      z.object({ recordingId, at, type: z.literal('slide'), page: z.number() }),
      z.object({ recordingId, at, type: z.literal('stage'), roomIds: z.array(z.string()) }),
      z.object({ recordingId, at, type: z.literal('hand'), roomId: z.string(), raised: z.boolean() }),
      z.object({ recordingId, at, type: z.literal('producer'), trackId: z.string(), paused: z.boolean() }),
    ]),
  }),
]);
export type Entry = z.infer<typeof entrySchema>;

const sinkTimeoutMs = 15_000;
const firstRetryMs = 500;
const slowestRetryMs = 10_000;

type Pending = { entry: Entry; bytes: Buffer | null; path: string | null };

export type ChunkShipper = {
  ship(entry: Entry, bytes?: Buffer): void;
  /** How many entries the sink has not taken yet. */
  readonly waiting: number;
  /** Resolves when everything is in the sink, or on this node's disk, after `graceMs` at the latest. */
  settle(graceMs: number): Promise<void>;
};

export type ShipperOptions = {
  sink: RecordingSink;
  /** A folder of this recording's own. */
  folder: string;
  log: Logger;
  /** False when the sink begins to fail, true when it took everything that had waited. */
  onHealth(healthy: boolean): void;
  /** Entries of a former run, in order. */
  leftOver?: Pending[];
};

/**
 * Carries a recording's entries to the sink, strictly in order. While the sink fails they are kept on disk, so that
 * neither memory grows nor a crash loses them, and tried again until they are taken.
 */
export function createChunkShipper(options: ShipperOptions): ChunkShipper {
  const { sink, folder, log } = options;
  const pending: Pending[] = options.leftOver ?? [];
  let failing = false;
  let shipping: Promise<void> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let number = Date.now() * 1_000;

  function ship(entry: Entry, bytes: Buffer | null = null): void {
    pending.push({ entry, bytes, path: null });
    if (failing) saving = saving.then(saveAll);
    shipping ??= run();
  }

  async function run(): Promise<void> {
    let wait = firstRetryMs;
    for (let head = pending[0]; head; head = pending[0]) {
      try {
        await deliver(sink, head);
      } catch (error) {
        log.error({ err: error, waiting: pending.length, retryInMs: wait }, 'the recording sink does not take a chunk');
        if (!failing) {
          failing = true;
          options.onHealth(false);
          saving = saving.then(saveAll);
        }
        await delay(wait, undefined, { ref: false });
        wait = Math.min(wait * 2, slowestRetryMs);
        continue;
      }
      wait = firstRetryMs;
      pending.shift();
      await saving;
      if (head.path) await rm(head.path, { force: true });
    }
    shipping = null;
    if (failing) {
      failing = false;
      options.onHealth(true);
    }
  }

  /** Moves what waits from memory to disk. */
  async function saveAll(): Promise<void> {
    for (const each of [...pending]) {
      if (each.path) continue;
      number += 1;
      const path = join(folder, `${number}.entry`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(`${path}.part`, encode(each), { flush: true });
        await rename(`${path}.part`, path);
        each.path = path;
        each.bytes = null;
      } catch (error) {
        // It stays in memory: the sink may still come back before the disk does.
        log.error({ err: error }, 'a recorded chunk could not be kept on disk');
        return;
      }
    }
  }

  async function settle(graceMs: number): Promise<void> {
    // While the sink is away there is nothing to wait for: what is on disk is safe, and tried on.
    if (shipping && !failing) await Promise.race([shipping, delay(graceMs)]);
    if (pending.length > 0) {
      saving = saving.then(saveAll);
      await saving;
    }
  }

  if (pending.length > 0) shipping = run();
  return {
    ship,
    settle,
    get waiting() {
      return pending.length;
    },
  };
}

/** Takes up what former runs of this node left in `folder`, one folder a recording. */
export async function shipLeftOvers(folder: string, sink: RecordingSink, log: Logger): Promise<ChunkShipper[]> {
  await mkdir(folder, { recursive: true });
  const shippers: ChunkShipper[] = [];
  for (const recording of await readdir(folder, { withFileTypes: true })) {
    if (!recording.isDirectory()) continue;
    const path = join(folder, recording.name);
    const names = (await readdir(path)).filter((name) => name.endsWith('.entry')).sort();
    const leftOver: Pending[] = [];
    for (const name of names) {
      const { entry } = decode(await readFile(join(path, name)));
      leftOver.push({ entry, bytes: null, path: join(path, name) });
    }
    const onHealth = (healthy: boolean) => log.info({ recording: recording.name, healthy }, 'chunks left over');
    shippers.push(createChunkShipper({ sink, folder: path, log, onHealth, leftOver }));
  }
  return shippers;
}

async function deliver(sink: RecordingSink, pending: Pending): Promise<void> {
  const { entry } = pending;
  switch (entry.kind) {
    case 'track':
      return inTime(sink.trackOpened(entry.value));
    case 'chunk':
      return inTime(sink.chunkWritten(entry.value, await bytesOf(pending)));
    case 'state':
      return inTime(sink.stateChanged(entry.value));
    case 'event':
      return inTime(sink.eventHappened(entry.value));
  }
}

async function bytesOf({ bytes, path }: Pending): Promise<Buffer> {
  if (bytes) return bytes;
  if (!path) throw new Error('a chunk without bytes');
  return decode(await readFile(path)).bytes;
}

/** One line of JSON, then the chunk's bytes. */
function encode({ entry, bytes }: Pending): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(entry)}\n`), bytes ?? Buffer.alloc(0)]);
}

function decode(file: Buffer): { entry: Entry; bytes: Buffer } {
  const end = file.indexOf(0x0a);
  const entry = entrySchema.parse(JSON.parse(file.subarray(0, end).toString()));
  return { entry, bytes: file.subarray(end + 1) };
}

async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the recording sink did not answer in time')), sinkTimeoutMs);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
