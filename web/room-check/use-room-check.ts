import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue';
import { reportCheck } from '../api/rooms.ts';
import type { CheckBody, Found } from '../api/types.ts';
import type { LocalDevice } from '../classroom/local-media.ts';
import { type BackOff, backOffMs } from '../state/back-off.ts';
import { checkLink } from './check-link.ts';
import { checkCamera, checkSound } from './found-devices.ts';

type Reason = CheckBody['reason'];

export interface RoomCheckOptions {
  camera: LocalDevice;
  microphone: LocalDevice;
  /** The machine belongs to a room and has a line. */
  ready(): boolean;
  /** A lesson is on: nothing may stand in its way. */
  inLesson(): boolean;
  /** Somebody wants a check since then. */
  askedAt(): string | null;
  /** The lesson that comes next, and when. */
  next(): { id: string; startsAt: number } | null;
  /** By the server's clock. */
  now(): number;
  /** The server has what was found. */
  checked?(found: Found): void;
}

export interface RoomCheckState {
  running: Readonly<Ref<boolean>>;
  /** What has been found so far, or the last time. */
  found: Readonly<ShallowRef<Partial<Found>>>;
}

const earlyMs = 10 * 60_000;
/** Schools begin at the same minute: their rooms do not all measure at once. */
const spreadMs = 60_000;
const settleMs = 1500;
/** As good as one made now. */
const freshMs = 3 * 60_000;
/** A check that broke off is made anew; where the server or the node does not take it, ever more rarely. */
const againBackOff: BackOff = { firstMs: 60_000, longestMs: 15 * 60_000 };

/**
 * The room checks itself: after power-on, ten minutes before a lesson, and when somebody asks for it. It is given up
 * as soon as there is a lesson to be in.
 */
export function useRoomCheck(options: RoomCheckOptions): RoomCheckState {
  const running = ref(false);
  const found = shallowRef<Partial<Found>>({});
  /** Lessons that are checked for, and demands that are heard. */
  const done = new Set<string>();
  /** How often in a row a check broke off. */
  let brokeOff = 0;
  const spread = Math.random() * spreadMs;
  let current: AbortController | null = null;
  let finishedAt = Number.NEGATIVE_INFINITY;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const again = new Set<ReturnType<typeof setTimeout>>();

  async function run(reason: Reason, key: string): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    current = controller;
    running.value = true;
    found.value = {};
    const take = (part: Partial<Found>): void => {
      signal.throwIfAborted();
      found.value = { ...found.value, ...part };
    };
    try {
      const camera = await checkCamera(options.camera, signal);
      take({ camera });
      const sound = await checkSound(options.microphone, signal);
      take(sound);
      const link = await checkLink(signal);
      take({ link });
      const all = { camera, ...sound, link };
      await reportCheck({ reason, found: all }, signal);
      finishedAt = performance.now();
      brokeOff = 0;
      options.checked?.(all);
    } catch {
      // Given up for a lesson, refused, or the line broke on the way: it is made up for when there is time.
      if (signal.aborted) done.delete(key);
      else again.add(setTimeout(() => done.delete(key), backOffMs(brokeOff++, againBackOff)));
    } finally {
      if (current === controller) {
        current = null;
        running.value = false;
      }
    }
  }

  function begin(reason: Reason, key: string): void {
    if (done.has(key) || running.value || waiting || !options.ready() || options.inLesson()) return;
    done.add(key);
    if (reason === 'before_lesson' && performance.now() - finishedAt < freshMs) return;
    waiting = setTimeout(
      () => {
        waiting = undefined;
        if (options.ready() && !options.inLesson()) void run(reason, key);
        else done.delete(key);
      },
      reason === 'power_on' ? settleMs : 0,
    );
  }

  watch(
    [options.ready, options.inLesson, options.askedAt, options.next, options.now, running],
    () => {
      if (options.inLesson()) return current?.abort();
      if (!options.ready()) return;
      begin('power_on', 'power-on');
      const asked = options.askedAt();
      if (asked) begin('asked', asked);
      const next = options.next();
      const dueMs = next ? next.startsAt - earlyMs - spread - options.now() : Number.POSITIVE_INFINITY;
      if (next && dueMs <= 0) begin('before_lesson', next.id);
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(waiting);
    for (const timer of again) clearTimeout(timer);
    current?.abort();
  });
  return { running, found };
}
