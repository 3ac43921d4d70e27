import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ClassroomError } from './errors.ts';
import type { Recorder } from './recorder.ts';
import type { RouterLease, WorkerPool } from './workers.ts';

export type RoomMediaOptions = {
  pool: WorkerPool;
  recorder: Recorder;
  log: Logger;
  /** The worker died, and every transport with it. */
  onLost(): void;
  /** There is a router again: everybody begins anew in this epoch. */
  onBack(epoch: number): void;
};

const retryMs = 1_000;

/** A room's router, on whichever worker is alive. */
export class RoomMedia {
  readonly #options: RoomMediaOptions;
  #lease: Promise<RouterLease>;
  #epoch = 0;
  #closed = false;

  constructor(options: RoomMediaOptions) {
    this.#options = options;
    this.#lease = this.#open(this.#epoch);
    // Who needs the router waits for it and is told; when nobody does, a failure is nobody's.
    this.#lease.catch((error: unknown) => this.#options.log.debug({ err: error }, 'a room closed without media'));
  }

  /** Raised by one each time the room's media is rebuilt. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Runs `work` on the room's router. @throws ClassroomError `media_unavailable` when the worker died meanwhile */
  async use<T>(work: (lease: RouterLease) => Promise<T>): Promise<T> {
    if (this.#closed) throw new ClassroomError('session_ended');
    const lease = await this.#lease.catch((cause: unknown) => {
      throw new ClassroomError('media_unavailable', { cause });
    });
    try {
      return await work(lease);
    } catch (cause) {
      if (lease.router.closed) throw new ClassroomError('media_unavailable', { cause });
      throw cause;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#lease.then(
      (lease) => lease.release(),
      (error: unknown) => this.#options.log.debug({ err: error }, 'a room had no media when it closed'),
    );
  }

  async #open(epoch: number): Promise<RouterLease> {
    for (;;) {
      try {
        const lease = await this.#options.pool.openRouter();
        lease.router.on('workerclose', () => void this.#rebuild(epoch));
        await this.#options.recorder.attach(lease.router);
        return lease;
      } catch (error) {
        // A worker that died meanwhile has begun the next epoch: who waited for this one begins anew in that.
        if (this.#closed || epoch !== this.#epoch) throw error;
        this.#options.log.error({ err: error, retryInMs: retryMs }, 'a room waits for a media worker');
        await delay(retryMs);
      }
    }
  }

  async #rebuild(former: number): Promise<void> {
    if (this.#closed || former !== this.#epoch) return;
    this.#epoch += 1;
    const epoch = this.#epoch;
    this.#options.recorder.detach('worker_died');
    this.#options.onLost();
    this.#lease = this.#open(epoch);
    try {
      await this.#lease;
    } catch (error) {
      this.#options.log.debug({ err: error }, 'a room closed, or lost its worker again, before its media was back');
      return;
    }
    if (epoch === this.#epoch && !this.#closed) this.#options.onBack(epoch);
  }
}
