import type { z } from 'zod';
import { connectTransport } from './dtls.ts';
import { ClassroomError } from './errors.ts';
import { floorMethods } from './floor-methods.ts';
import { inkMethods } from './ink-methods.ts';
import type { Call, Definition, Parsed, RoomMethod } from './method.ts';
import { type Method, type RequestAnswer, requests } from './protocol.ts';

const anyone = ['presenter', 'receiver', 'assistant', 'observer'] as const;
const senders = ['presenter', 'receiver'] as const;
const presenter = ['presenter'] as const;
const audience = ['receiver', 'assistant', 'observer'] as const;
/** Whose pages show how every room receives. */
const watchers = ['presenter', 'observer'] as const;
/** What costs the worker, the journal or everybody's line more than a word does. */
const costly: ReadonlySet<RoomMethod> = new Set([
  ...(['openTransports', 'restartIce', 'produce', 'pauseProducer', 'resumeProducer', 'closeProducer'] as const),
  ...(['callToStage', 'sendDown', 'mute', 'raiseHand', 'lowerHand', 'confirmHeadCount', 'setTimer'] as const),
]);
const pictureIntervalMs = 2_000;

/** Method → who may call it, and what it does. What it takes and answers is in protocol.ts. */
export const methods: { [M in RoomMethod]: Definition<M> } = {
  openTransports: { who: anyone, handle: ({ room, participant }) => room.forwarding.reopen(participant) },

  connectTransport: {
    who: anyone,
    async handle({ participant }, { transportId, dtlsParameters }) {
      await connectTransport(participant.transport(transportId), dtlsParameters);
      return {};
    },
  },

  restartIce: {
    who: anyone,
    handle: async ({ participant }, { transportId }) => ({
      iceParameters: await participant.transport(transportId).restartIce(),
    }),
  },

  produce: {
    who: senders,
    handle: async ({ room, participant }, data) => ({ producerId: await room.forwarding.produce(participant, data) }),
  },

  pauseProducer: {
    who: senders,
    async handle({ room, participant }, { producerId }) {
      const [, producer] = participant.producer(producerId);
      await producer.pause();
      room.audience.updated(participant);
      return {};
    },
  },

  resumeProducer: {
    who: senders,
    async handle({ room, participant }, { producerId }) {
      const [source, producer] = participant.producer(producerId);
      if (source === 'microphone' && participant.muted) throw new ClassroomError('muted_by_presenter');
      await producer.resume();
      room.audience.updated(participant);
      return {};
    },
  },

  closeProducer: {
    who: senders,
    handle({ room, participant }, { producerId }) {
      const [source] = participant.producer(producerId);
      room.forwarding.closeProducer(participant, source);
      return {};
    },
  },

  resumeConsumers: {
    who: anyone,
    async handle({ room, participant }, { consumerIds }) {
      await Promise.all(participant.feedsById(consumerIds).map((feed) => feed.ready(true)));
      room.adaptation.changed();
      return {};
    },
  },

  pauseConsumers: {
    who: anyone,
    async handle({ room, participant }, { consumerIds }) {
      await Promise.all(participant.feedsById(consumerIds).map((feed) => feed.ready(false)));
      room.adaptation.changed();
      return {};
    },
  },

  setPreferredLayer: {
    who: anyone,
    async handle({ room, participant }, { consumerId, spatialLayer }) {
      const [feed] = participant.feedsById([consumerId]);
      if (!feed) throw new ClassroomError('not_found');
      await feed.wish(spatialLayer);
      room.adaptation.changed();
      return {};
    },
  },

  turnSlide: {
    who: presenter,
    handle({ room }, turn) {
      room.slideShow.turn(turn);
      return {};
    },
  },

  pointAt: {
    who: presenter,
    handle({ room }, { at }) {
      room.audience.inform('pointerMoved', { at }, audience);
      return {};
    },
  },

  sendPicture: {
    who: ['receiver'],
    handle({ room, participant }, { jpeg }) {
      const at = Date.now();
      if (at - participant.pictureAt < pictureIntervalMs) throw new ClassroomError('too_many_requests');
      participant.pictureAt = at;
      room.audience.inform('pictureArrived', { participantId: participant.id, jpeg, at }, presenter);
      return {};
    },
  },

  reportLink: {
    who: anyone,
    async handle({ room, participant }, report) {
      const link = await room.adaptation.take(participant, report);
      room.audience.inform('linkChanged', { participantId: participant.id, link }, watchers);
      if (room.live) room.attendance.report(participant, link, Date.now());
      return {};
    },
  },

  ping: { who: anyone, handle: () => ({}) },

  leave: {
    who: anyone,
    handle({ room, participant }) {
      room.leave(participant);
      return {};
    },
  },

  ...floorMethods,

  ...inkMethods,

  end: {
    who: presenter,
    handle({ room }) {
      // The presenter's own socket closes too: first it gets its answer.
      setImmediate(() => void room.end('presenter', true));
      return {};
    },
  },
};

/** @throws ClassroomError `method_not_allowed`, `too_many_requests`, `bad_request`, and what the method throws */
export async function callMethod<M extends RoomMethod>(
  method: M,
  call: Call,
  data: unknown,
): Promise<RequestAnswer<M>> {
  const definition: Definition<M> = methods[method];
  if (!definition.who.includes(call.participant.role)) throw new ClassroomError('method_not_allowed');
  if (costly.has(method) && !call.participant.costly.take()) throw new ClassroomError('too_many_requests');
  return definition.handle(call, parseRequest(method, data));
}

const schemas: { [M in Method]: { data: z.ZodType<Parsed<M>> } } = requests;

/** @throws ClassroomError `bad_request` */
export function parseRequest<M extends Method>(method: M, data: unknown): Parsed<M> {
  const parsed = schemas[method].data.safeParse(data);
  if (!parsed.success) throw new ClassroomError('bad_request', { cause: parsed.error });
  return parsed.data;
}
