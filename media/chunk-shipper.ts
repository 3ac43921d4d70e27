import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { decodeEntry, type Entry, encodeEntry } from './chunk-entry.ts';
import type { HeldMemory } from './held-memory.ts';
import { type RecordingSink, SinkRefusal } from './recording-sink.ts';

const sinkTimeoutMs = 15_000;
const firstRetryMs = 500;
const slowestRetryMs = 10_000;
/** What the sink has not taken by then is kept on disk, so that little is lost with the process. */
const patienceMs = 1_000;
/** Entries that go to the sink at once: one chunk at a time, a store across a network would fall behind. */
const entriesAtOnce = 8;
/** Where entries lie that can never be delivered, for whoever looks into it. */
const asideFolder = 'refused';

type Pending = { entry: Entry; bytes: Buffer | null; path: string | null; since: number };

export type ChunkShipper = {
  ship(entry: Entry, bytes?: Buffer): void;
  /** How many entries the sink has not taken yet. */
  readonly waiting: number;
  /** Whether the sink is failing. */
  readonly failing: boolean;
  /** Everything that waits is on this node's disk when it resolves; the sink has `graceMs` to take it. */
  settle(graceMs: number): Promise<void>;
};

export type ShipperOptions = {
  sink: RecordingSink;
  /** A folder of this recording's own. */
  folder: string;
  log: Logger;
  /** False when the sink begins to fail, true when it took everything that had waited. */
  onHealth(healthy: boolean): void;
  memory: HeldMemory;
  /** Entries of a former run, in order. */
  leftOver?: Pending[];
};

/**
 * Carries a recording's entries to the sink in order. While the sink fails or is slow they are kept on disk, so that
 * neither memory grows nor a crash loses them, and tried again until they are taken.
 */
export function createChunkShipper(options: ShipperOptions): ChunkShipper {
  const { sink, folder, log, memory } = options;
  const pending: Pending[] = options.leftOver ?? [];
  let failing = false;
  let shipping: Promise<void> | null = null;
  let saving: Promise<void> = Promise.resolve();
  let number = Date.now() * 1_000;
  let losing = false;

  function ship(entry: Entry, bytes: Buffer | null = null): void {
    pending.push({ ...held(entry, bytes), path: null, since: performance.now() });
    const [head] = pending;
    if (failing || (head && performance.now() - head.since > patienceMs)) void keep();
    shipping ??= run();
  }

  /** What there is no room for is still told: only so can it be missed, as a gap of the recording. */
  function held(entry: Entry, bytes: Buffer | null): Pick<Pending, 'entry' | 'bytes'> {
    if (entry.kind !== 'chunk' || !bytes) return { entry, bytes };
    const taken = memory.take(bytes.length);
    if (!taken && !losing) log.fatal('neither the sink nor the disk takes chunks, and memory is full: they are lost');
    losing = !taken;
    return taken ? { entry, bytes } : { entry: { kind: 'lost', value: entry.value }, bytes: null };
  }

  function letGo(one: Pending): void {
    memory.release(one.bytes?.length ?? 0);
    one.bytes = null;
  }

  function keep(): Promise<void> {
    saving = saving.then(saveAll);
    return saving;
  }

  /** Chunks and events at the head go together; everything else keeps its place among them. */
  function nextBatch(): Pending[] {
    const others = pending.findIndex(({ entry: { kind } }) => kind === 'track' || kind === 'state');
    const together = others < 0 ? pending.length : others;
    return pending.slice(0, Math.min(Math.max(together, 1), entriesAtOnce));
  }

  /** The events among them go one after the other. One that is not taken keeps back the next, unless it never will be. */
  function deliverAll(batch: Pending[]): Promise<PromiseSettledResult<void>[]> {
    let events: Promise<void> = Promise.resolve();
    const deliveries = batch.map((one) => {
      if (one.entry.kind !== 'event') return deliver(sink, one, log);
      const before = events.catch((error: unknown) => {
        if (!(error instanceof SinkRefusal)) throw error;
      });
      events = before.then(() => deliver(sink, one, log));
      return events;
    });
    return Promise.allSettled(deliveries);
  }

  async function run(): Promise<void> {
    let wait = firstRetryMs;
    for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
      const late = setTimeout(() => void keep(), patienceMs);
      const results = await deliverAll(batch);
      clearTimeout(late);
      // Nothing may be written to disk that has just been delivered.
      await saving;
      let failure: unknown;
      for (const [index, result] of results.entries()) {
        const one = batch[index];
        if (!one) continue;
        if (result.status === 'fulfilled') await drop(one);
        else if (result.reason instanceof SinkRefusal) await putAside(one, result.reason);
        else failure ??= result.reason;
      }
      if (failure === undefined) {
        wait = firstRetryMs;
        continue;
      }
      log.error(
        { err: failure, waiting: pending.length, retryInMs: wait },
        'the recording sink does not take what is written',
      );
      if (!failing) {
        failing = true;
        options.onHealth(false);
        void keep();
      }
      await delay(wait, undefined, { ref: false });
      wait = Math.min(wait * 2, slowestRetryMs);
    }
    shipping = null;
    if (failing) {
      failing = false;
      options.onHealth(true);
    }
  }

  async function drop(one: Pending): Promise<void> {
    pending.splice(pending.indexOf(one), 1);
    letGo(one);
    try {
      if (one.path) await rm(one.path, { force: true });
    } catch (error) {
      // It is delivered once more after the next start, which the sink does not mind.
      log.error({ err: error }, 'a delivered chunk could not be removed from the disk');
    }
  }

  async function putAside(one: Pending, error: SinkRefusal): Promise<void> {
    log.error({ err: error, kind: one.entry.kind }, 'the recording sink refuses an entry for good');
    if (!one.path) await save(one);
    pending.splice(pending.indexOf(one), 1);
    letGo(one);
    if (one.path) await moveAside(one.path, log);
  }

  /** Moves what waits from memory to disk. */
  async function saveAll(): Promise<void> {
    for (const each of [...pending]) if (!each.path && !(await save(each))) return;
  }

  async function save(one: Pending): Promise<boolean> {
    number += 1;
    const path = join(folder, `${number}.entry`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(`${path}.part`, encodeEntry(one.entry, one.bytes), { flush: true });
      await rename(`${path}.part`, path);
      one.path = path;
      letGo(one);
      return true;
    } catch (error) {
      // It stays in memory: the sink may still come back before the disk does.
      log.error({ err: error }, 'a recorded chunk could not be kept on disk');
      // A part of it takes room on a full disk.
      await rm(`${path}.part`, { force: true }).catch(() => undefined);
      return false;
    }
  }

  async function settle(graceMs: number): Promise<void> {
    if (pending.length === 0) return;
    await keep();
    // While the sink is away there is nothing to wait for: what is on disk is safe, and tried on.
    if (shipping && !failing) await Promise.race([shipping, delay(graceMs, undefined, { ref: false })]);
  }

  if (pending.length > 0) shipping = run();
  return {
    ship,
    settle,
    get waiting() {
      return pending.length;
    },
    get failing() {
      return failing;
    },
  };
}

/** A file that could not be moved is met again after the next start. */
async function moveAside(path: string, log: Logger): Promise<void> {
  const folder = join(dirname(path), asideFolder);
  try {
    await mkdir(folder, { recursive: true });
    await rename(path, join(folder, basename(path)));
  } catch (error) {
    log.error({ err: error }, 'a refused entry could not be put aside');
  }
}

/** What former runs of this node left in `folder`, by recording. */
export async function shipLeftOvers(
  folder: string,
  sink: RecordingSink,
  log: Logger,
  memory: HeldMemory,
): Promise<Map<string, ChunkShipper>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const shippers = new Map<string, ChunkShipper>();
  for (const recording of await readdir(folder, { withFileTypes: true })) {
    if (!recording.isDirectory()) continue;
    const path = join(folder, recording.name);
    const names = (await readdir(path)).filter((name) => name.endsWith('.entry')).sort();
    const leftOver: Pending[] = [];
    for (const name of names) {
      const entry = await readEntry(join(path, name), log);
      if (entry) leftOver.push({ entry, bytes: null, path: join(path, name), since: performance.now() });
    }
    const onHealth = (healthy: boolean) => log.info({ recording: recording.name, healthy }, 'chunks left over');
    shippers.set(recording.name, createChunkShipper({ sink, folder: path, log, onHealth, memory, leftOver }));
  }
  return shippers;
}

/** Null for a file that holds no entry: it is put aside, so that it keeps nothing from starting. */
async function readEntry(path: string, log: Logger): Promise<Entry | null> {
  try {
    return decodeEntry(await readFile(path)).entry;
  } catch (error) {
    log.error({ err: error }, 'a chunk left over cannot be read');
    await moveAside(path, log);
    return null;
  }
}

async function deliver(sink: RecordingSink, pending: Pending, log: Logger): Promise<void> {
  const { entry } = pending;
  switch (entry.kind) {
    case 'track':
      return inTime(sink.trackOpened(entry.value));
    case 'chunk': {
      const bytes = await bytesOf(pending, log);
      return inTime(bytes ? sink.chunkWritten(entry.value, bytes) : sink.chunkLost(entry.value));
    }
    case 'lost':
      return inTime(sink.chunkLost(entry.value));
    case 'state':
      return inTime(sink.stateChanged(entry.value));
    case 'event':
      return inTime(sink.eventHappened(entry.value));
  }
}

/** Null when the disk has lost them. What it cannot give back just now is tried again. */
async function bytesOf({ bytes, path }: Pending, log: Logger): Promise<Buffer | null> {
  if (bytes) return bytes;
  if (!path) throw new Error('a chunk without bytes');
  try {
    return decodeEntry(await readFile(path)).bytes;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isLost = code === 'ENOENT' || code === 'EIO' || error instanceof SyntaxError || error instanceof ZodError;
    if (!isLost) throw error;
    log.error({ err: error }, 'the disk has lost a chunk that was kept there');
    return null;
  }
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
