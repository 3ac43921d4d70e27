import type { types } from 'mediasoup-client';
import { type ShallowRef, shallowRef } from 'vue';
import type { ConsumerParameters, Source } from '../../media/protocol.ts';
import type { Connection } from './connection.ts';
import type { NotificationHandlers } from './socket.ts';
import type { Transports } from './transports.ts';

/** One track that arrives. */
export interface RemoteTrack {
  consumerId: string;
  participantId: string;
  source: Source;
  kind: 'audio' | 'video';
  track: MediaStreamTrack;
  /** The sender has paused it: show its place-holder. */
  paused: boolean;
}

export interface ReceivingOptions {
  request: Connection['request'];
  /** A track could not be made here; the others go on. */
  failed(error: unknown): void;
}

interface Held {
  consumer: types.Consumer;
  parameters: ConsumerParameters;
  /** The node knows that we are ready for its packets. */
  resumed: boolean;
}

/** The tracks that arrive: made as the node offers them, made anew on the transports of the next epoch. */
export function createReceiving({ request, failed }: ReceivingOptions) {
  const tracks: ShallowRef<readonly RemoteTrack[]> = shallowRef([]);
  const held = new Map<string, Held>();
  /** Offered and not yet made; what is closed in the meantime leaves the map. */
  const offered = new Map<string, ConsumerParameters>();
  let transports: Transports | null = null;

  function show(): void {
    tracks.value = [...held.values()].map(({ consumer, parameters }) => ({
      consumerId: parameters.id,
      participantId: parameters.participantId,
      source: parameters.source,
      kind: parameters.kind,
      track: consumer.track,
      paused: parameters.producerPaused,
    }));
  }

  async function make(parameters: ConsumerParameters, on: Transports): Promise<void> {
    try {
      const consumer = await on.consume(parameters);
      const latest = offered.get(parameters.id);
      if (transports !== on || !latest) return consumer.close();
      offered.delete(parameters.id);
      held.set(parameters.id, { consumer, parameters: latest, resumed: false });
    } catch (error) {
      if (transports === on) failed(error);
    }
  }

  /** Tells the node of every track that is ready; repeated when the line is back. */
  async function resumeReady(): Promise<void> {
    const ready = [...held.values()].filter(({ resumed }) => !resumed);
    if (ready.length === 0) return;
    for (const entry of ready) entry.resumed = true;
    try {
      await request('resumeConsumers', { consumerIds: ready.map(({ parameters }) => parameters.id) });
    } catch {
      for (const entry of ready) entry.resumed = false;
    }
  }

  async function add(list: readonly ConsumerParameters[]): Promise<void> {
    for (const parameters of list) offered.set(parameters.id, parameters);
    const on = transports;
    if (!on) return;
    await Promise.all(list.map((parameters) => make(parameters, on)));
    show();
    await resumeReady();
  }

  function drop(consumerId: string): void {
    offered.delete(consumerId);
    held.get(consumerId)?.consumer.close();
    held.delete(consumerId);
  }

  const handlers: NotificationHandlers = {
    consumerAdded: ({ consumer }) => void add([consumer]),
    consumerClosed({ consumerId }) {
      drop(consumerId);
      show();
    },
    consumerPaused({ consumerId, producerPaused }) {
      const entry = held.get(consumerId);
      const waiting = offered.get(consumerId);
      if (entry) entry.parameters = { ...entry.parameters, producerPaused };
      else if (waiting) offered.set(consumerId, { ...waiting, producerPaused });
      show();
    },
  };

  return {
    tracks,
    handlers,
    /** Fresh transports: everything begins anew on them. */
    attach(next: Transports, consumers: readonly ConsumerParameters[]): void {
      transports = next;
      for (const id of [...held.keys(), ...offered.keys()]) drop(id);
      show();
      void add(consumers);
    },
    /** The node's list after a resume: known ones go on, others are new or gone. */
    reconcile(consumers: readonly ConsumerParameters[]): void {
      const ids = new Set(consumers.map(({ id }) => id));
      for (const id of [...held.keys(), ...offered.keys()]) if (!ids.has(id)) drop(id);
      for (const parameters of consumers) {
        const entry = held.get(parameters.id);
        if (entry) entry.parameters = parameters;
      }
      show();
      void add(consumers.filter(({ id }) => !held.has(id) && !offered.has(id)));
    },
    lineBack: () => void resumeReady(),
    /**
     * Pictures that were missing begin with a key frame: the browser itself would try for seconds to repair what is long
     * gone. Without the line it is asked for when the line is back.
     */
    beginAnew(): void {
      for (const entry of held.values()) if (entry.parameters.kind === 'video') entry.resumed = false;
      void resumeReady();
    },
    receiverOf: (consumerId: string): RTCRtpReceiver | undefined => held.get(consumerId)?.consumer.rtpReceiver,
    close(): void {
      transports = null;
      for (const id of [...held.keys(), ...offered.keys()]) drop(id);
      show();
    },
  };
}
export type Receiving = ReturnType<typeof createReceiving>;
