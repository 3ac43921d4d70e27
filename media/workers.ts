import { networkInterfaces } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorker } from 'mediasoup';
import type { Router, TransportListenInfo, WebRtcServer, Worker } from 'mediasoup/types';
import type { Logger } from 'pino';
import { routerCodecs } from './codecs.ts';
import { ClassroomError } from './errors.ts';

export type WorkerPoolOptions = {
  count: number;
  basePort: number;
  listenAddress: string;
  announcedAddress: string | undefined;
  workerBin: string | undefined;
  log: Logger;
};

/** A router on a live worker, with the server that its WebRTC transports share. */
export type RouterLease = { router: Router; webRtcServer: WebRtcServer; pid: number; release(): void };

export type WorkerStats = { pid: number; alive: boolean; rooms: number; deaths: number; cpuMs: number };

export type WorkerPool = {
  /** A new router on the least loaded worker. Waits up to 5 s for a worker to come back. @throws ClassroomError `media_unavailable` */
  openRouter(): Promise<RouterLease>;
  stats(): Promise<WorkerStats[]>;
  close(): Promise<void>;
};

type Slot = { index: number; worker: Worker | null; webRtcServer: WebRtcServer | null; rooms: number; deaths: number };

const respawnDelayMs = 200;
const slowestRespawnMs = 10_000;
const waitForWorkerMs = 5_000;

/**
 * Starts `count` mediasoup workers. One that dies is replaced on the same port; its routers emit `workerclose`, and
 * their rooms ask for new ones.
 * @throws what mediasoup throws when a worker cannot start or its port is taken
 */
export async function createWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const slots: Slot[] = Array.from({ length: options.count }, (_, index) => ({
    index,
    worker: null,
    webRtcServer: null,
    rooms: 0,
    deaths: 0,
  }));
  const closing = new AbortController();

  async function start(slot: Slot): Promise<void> {
    const worker = await withoutSignalHandlers(() =>
      createWorker({ logLevel: 'warn', ...(options.workerBin && { workerBin: options.workerBin }) }),
    );
    try {
      slot.webRtcServer = await worker.createWebRtcServer({ listenInfos: listenInfos(options, slot.index) });
    } catch (cause) {
      worker.close();
      throw cause;
    }
    slot.worker = worker;
    slot.rooms = 0;
    worker.on('died', (error) => {
      slot.worker = null;
      slot.webRtcServer = null;
      slot.deaths += 1;
      options.log.error({ err: error, worker: slot.index }, 'a mediasoup worker died');
      void respawn(slot);
    });
  }

  async function respawn(slot: Slot): Promise<void> {
    for (let wait = respawnDelayMs; !closing.signal.aborted; wait = Math.min(wait * 2, slowestRespawnMs)) {
      try {
        await start(slot);
        // The pool may have been closed while the worker was starting.
        if (closing.signal.aborted) slot.worker?.close();
        return;
      } catch (error) {
        options.log.error({ err: error, worker: slot.index, retryInMs: wait }, 'a mediasoup worker does not start');
        await delay(wait, undefined, { ref: false });
      }
    }
  }

  async function openRouter(): Promise<RouterLease> {
    const deadline = Date.now() + waitForWorkerMs;
    for (;;) {
      const [slot] = slots.filter((each) => each.worker !== null).sort((a, b) => a.rooms - b.rooms);
      if (slot?.worker && slot.webRtcServer) {
        const { worker, webRtcServer } = slot;
        slot.rooms += 1;
        try {
          const router = await worker.createRouter({ mediaCodecs: routerCodecs });
          return { router, webRtcServer, pid: worker.pid, release: () => release(slot, worker, router) };
        } catch (error) {
          // The worker died under the request: its slot empties, another one is tried.
          if (slot.worker === worker) slot.rooms -= 1;
          options.log.warn({ err: error, worker: slot.index }, 'a router could not be opened');
        }
      }
      if (closing.signal.aborted || Date.now() > deadline) throw new ClassroomError('media_unavailable');
      await delay(50);
    }
  }

  function release(slot: Slot, worker: Worker, router: Router): void {
    router.close();
    if (slot.worker === worker) slot.rooms -= 1;
  }

  async function stats(): Promise<WorkerStats[]> {
    return Promise.all(
      slots.map(async ({ worker, rooms, deaths }) => {
        if (!worker) return { pid: 0, alive: false, rooms: 0, deaths, cpuMs: 0 };
        const usage = await worker.getResourceUsage();
        return { pid: worker.pid, alive: true, rooms, deaths, cpuMs: usage.ru_utime + usage.ru_stime };
      }),
    );
  }

  async function close(): Promise<void> {
    closing.abort();
    await Promise.all(slots.flatMap(({ worker }) => (worker ? [ended(worker)] : [])));
  }

  try {
    await Promise.all(slots.map(start));
  } catch (cause) {
    await close();
    throw cause;
  }
  return { openRouter, stats, close };
}

/** Ends a worker and waits until its process is gone. */
function ended(worker: Worker): Promise<void> {
  return new Promise((done) => {
    worker.once('subprocessclose', () => done());
    worker.close();
    if (worker.subprocessClosed) done();
  });
}

const endSignals = ['SIGINT', 'SIGTERM'] as const;

/**
 * A mediasoup worker closes itself as soon as the process is asked to stop. The order of the end is the process's own:
 * recordings are written to their last packet before the workers go.
 */
async function withoutSignalHandlers<T>(create: () => Promise<T>): Promise<T> {
  const before = new Map(endSignals.map((signal) => [signal, new Set(process.listeners(signal))]));
  const creating = create();
  // The handlers are set while the worker is being constructed, before the first wait.
  for (const [signal, known] of before) {
    for (const listener of process.listeners(signal)) {
      if (!known.has(listener)) process.removeListener(signal, listener);
    }
  }
  return await creating;
}

/**
 * One UDP and one TCP port per worker. "All addresses" is spelled out, address by address, because an ICE candidate
 * must name a real one; a machine behind NAT announces its public address beside its own.
 */
function listenInfos(options: WorkerPoolOptions, index: number): TransportListenInfo[] {
  const port = options.basePort + index;
  const addresses = options.listenAddress === '0.0.0.0' ? localAddresses() : [options.listenAddress];
  return addresses.flatMap((ip) => {
    const announced = options.announcedAddress && !ip.startsWith('127.') ? options.announcedAddress : undefined;
    const place = { ip, port, ...(announced && { announcedAddress: announced, exposeInternalIp: true }) };
    return [
      { protocol: 'udp' as const, ...place },
      { protocol: 'tcp' as const, ...place },
    ];
  });
}

function localAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter((address) => address.family === 'IPv4').map((address) => address.address),
  );
}
