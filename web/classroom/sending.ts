import type { types } from 'mediasoup-client';
import { type ShallowReactive, shallowReactive } from 'vue';
import type { Source } from '../../media/protocol.ts';
import type { Connection } from './connection.ts';
import { type FailureCode, failureCode, isLineFault } from './failure.ts';
import type { NotificationHandlers } from './socket.ts';
import type { Transports } from './transports.ts';

/** `waiting`: wanted, not sent yet (the line is gone, or it is just starting). */
export type SendingState = 'waiting' | 'sending' | 'paused';

export interface SendingOptions {
  request: Connection['request'];
  music(): boolean;
  refused(source: Source, code: FailureCode): void;
}

interface Wanted {
  track: MediaStreamTrack;
  paused: boolean;
  /** How often in a row it could not be brought about. */
  failures: number;
}

interface Sent {
  producer: types.Producer;
  /** What the node was told last. */
  paused: boolean;
}

/** Refusals that no further try will change. */
const finalRefusals: readonly FailureCode[] = [
  'source_not_allowed',
  'not_on_stage',
  'bad_request',
  'method_not_allowed',
];
/** Anything else is tried again so often: a worker that died is back by then, and a transport made anew. */
const mostFailures = 8;
const tryAgainMs = 1_000;

/** What this browser sends. The wish stands here; what is really sent is brought in step with it, over every loss. */
export function createSending({ request, music, refused }: SendingOptions) {
  const states: ShallowReactive<Map<Source, SendingState>> = shallowReactive(new Map());
  const wanted = new Map<Source, Wanted>();
  const sent = new Map<Source, Sent>();
  let transports: Transports | null = null;
  let running = false;
  let again = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function show(source: Source): void {
    const wish = wanted.get(source);
    if (!wish) states.delete(source);
    else states.set(source, !sent.has(source) ? 'waiting' : wish.paused ? 'paused' : 'sending');
  }

  /** Stands in `sent` until the node has heard of it; that the node knows no such producer is as good. */
  async function withdraw(source: Source, { producer }: Sent): Promise<void> {
    producer.close();
    try {
      await request('closeProducer', { producerId: producer.id });
    } catch (error) {
      if (isLineFault(error)) throw error;
    }
    sent.delete(source);
  }

  async function send(source: Source, wish: Wanted, on: Transports): Promise<void> {
    const { track, paused } = wish;
    const producer = await on.produce(source, track, music(), paused);
    if (transports !== on) return producer.close();
    sent.set(source, { producer, paused });
  }

  async function update(wish: Wanted, current: Sent): Promise<void> {
    const { producer } = current;
    if (producer.track !== wish.track) await producer.replaceTrack({ track: wish.track });
    // Silence first, then tell: nothing is heard after the button was pressed, whatever the line does.
    if (wish.paused) producer.pause();
    else producer.resume();
    if (current.paused === wish.paused) return;
    const { paused } = wish;
    await request(paused ? 'pauseProducer' : 'resumeProducer', { producerId: producer.id });
    current.paused = paused;
  }

  async function bring(source: Source): Promise<void> {
    const wish = wanted.get(source);
    try {
      const before = sent.get(source);
      if (before && (!wish || before.producer.closed)) await withdraw(source, before);
      const current = sent.get(source);
      if (wish && current) await update(wish, current);
      else if (wish && transports?.send) await send(source, wish, transports);
      if (wish) wish.failures = 0;
    } catch (error) {
      if (!isLineFault(error)) fail(source, wish, failureCode(error)); // Else it is tried again when the line is back.
    } finally {
      show(source);
    }
  }

  function fail(source: Source, wish: Wanted | undefined, code: FailureCode): void {
    // What it speaks of is not there any more, as after a worker's death: it is made anew.
    if (code === 'not_found') drop(source);
    if (!wish || wanted.get(source) !== wish || code === 'muted_by_presenter') return;
    wish.failures += 1;
    if (finalRefusals.includes(code) || wish.failures >= mostFailures) {
      wanted.delete(source);
      refused(source, code);
      return;
    }
    clearTimeout(retry);
    retry = setTimeout(() => void sync(), tryAgainMs);
  }

  function drop(source: Source): void {
    sent.get(source)?.producer.close();
    sent.delete(source);
  }

  async function sync(): Promise<void> {
    again = true;
    if (running) return;
    running = true;
    while (again) {
      again = false;
      for (const source of new Set([...wanted.keys(), ...sent.keys()])) await bring(source);
    }
    running = false;
  }

  const handlers: NotificationHandlers = {
    // A producer that is gone by now needs no advice; one that is new has been asked for all its layers.
    layersWanted({ producerId, spatialLayer }) {
      const producer = [...sent.values()].find((each) => each.producer.id === producerId)?.producer;
      if (producer && !producer.closed) producer.setMaxSpatialLayer(spatialLayer).catch(() => undefined);
    },
    producerClosed({ source, producerId }) {
      const current = sent.get(source);
      if (current?.producer.id !== producerId) return;
      drop(source);
      wanted.delete(source);
      show(source);
    },
  };

  return {
    states,
    handlers,
    /** Sends this track as this source, in place of what it sent before. */
    set(source: Source, track: MediaStreamTrack, paused = false): void {
      wanted.set(source, { track, paused, failures: 0 });
      show(source);
      void sync();
    },
    pause(source: Source, paused: boolean): void {
      const wish = wanted.get(source);
      if (!wish) return;
      wanted.set(source, { ...wish, paused });
      void sync();
    },
    stop(source: Source): void {
      wanted.delete(source);
      show(source);
      void sync();
    },
    attach(next: Transports): void {
      transports = next;
      for (const { producer } of sent.values()) producer.close();
      sent.clear();
      for (const source of wanted.keys()) show(source);
      void sync();
    },
    lineBack: () => void sync(),
    close(): void {
      transports = null;
      clearTimeout(retry);
      wanted.clear();
      for (const { producer } of sent.values()) producer.close();
      sent.clear();
      states.clear();
    },
  };
}
export type Sending = ReturnType<typeof createSending>;
