import type { z } from 'zod';
import { ClassroomError } from './errors.ts';
import type { Participant } from './participant.ts';
import { type Method, type RequestAnswer, type Role, requests } from './protocol.ts';
import type { Room } from './room.ts';
import type { SessionHooks } from './session-hooks.ts';

export type Call = {
  room: Room;
  participant: Participant;
  hooks: SessionHooks;
  warn(error: unknown, message: string): void;
};

/** The methods of those who are in. (`join` and `resume` are how one gets in: signalling.ts.) */
export type RoomMethod = Exclude<Method, 'join' | 'resume'>;
type Parsed<M extends Method> = z.output<(typeof requests)[M]['data']>;
type Definition<M extends RoomMethod> = {
  who: readonly Role[];
  handle(call: Call, data: Parsed<M>): Promise<RequestAnswer<M>> | RequestAnswer<M>;
};

const anyone = ['presenter', 'receiver', 'assistant', 'observer'] as const;
const senders = ['presenter', 'receiver'] as const;
const presenter = ['presenter'] as const;
const inRoom = ['receiver', 'assistant'] as const;
/** Whose pages show how every room receives. */
const watchers = ['presenter', 'observer'] as const;
const pictureIntervalMs = 2_000;

/** Method → who may call it, and what it does. What it takes and answers is in protocol.ts. */
export const methods: { [M in RoomMethod]: Definition<M> } = {
  openTransports: { who: anyone, handle: ({ room, participant }) => room.reopen(participant) },

  connectTransport: {
    who: anyone,
    async handle({ participant }, { transportId, dtlsParameters }) {
      await participant.transport(transportId).connect({ dtlsParameters });
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
      room.updated(participant);
      return {};
    },
  },

  resumeProducer: {
    who: senders,
    async handle({ room, participant }, { producerId }) {
      const [source, producer] = participant.producer(producerId);
      if (source === 'microphone' && participant.muted) throw new ClassroomError('muted_by_presenter');
      await producer.resume();
      room.updated(participant);
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
    async handle({ participant }, { consumerIds }) {
      await Promise.all(participant.consumersById(consumerIds).map((consumer) => consumer.resume()));
      return {};
    },
  },

  pauseConsumers: {
    who: anyone,
    async handle({ participant }, { consumerIds }) {
      await Promise.all(participant.consumersById(consumerIds).map((consumer) => consumer.pause()));
      return {};
    },
  },

  setPreferredLayer: {
    who: anyone,
    async handle({ participant }, { consumerId, spatialLayer }) {
      const [consumer] = participant.consumersById([consumerId]);
      if (!consumer) throw new ClassroomError('not_found');
      await consumer.setPreferredLayers({ spatialLayer });
      return {};
    },
  },

  turnSlide: {
    who: presenter,
    handle(call, { page }) {
      const { room } = call;
      if (!room.slideShow.turn(page)) return {};
      const at = Date.now();
      room.broadcast('slideTurned', { page, at });
      room.recorder.note({ type: 'slide', page });
      rememberSlide(call, at);
      return {};
    },
  },

  showSlides: {
    who: presenter,
    handle(call, { slides }) {
      const { room } = call;
      rememberSlide(call, room.showSlides(slides));
      return {};
    },
  },

  callToStage: {
    who: presenter,
    handle({ room }, { roomId }) {
      if (room.stage.call(roomId)) stageChanged(room);
      if (room.stage.lower(roomId)) handsChanged(room, roomId, false);
      return {};
    },
  },

  sendDown: {
    who: presenter,
    handle({ room }, { roomId }) {
      if (!room.stage.sendDown(roomId)) return {};
      room.forwarding.sendDown(roomId);
      stageChanged(room);
      return {};
    },
  },

  mute: {
    who: presenter,
    async handle({ room }, { participantId, muted }) {
      const target = room.participants.find(({ id }) => id === participantId);
      if (target?.role !== 'receiver') throw new ClassroomError('not_found');
      target.muted = muted;
      room.stage.mute(target.roomId, muted);
      const microphone = target.producers.get('microphone');
      if (muted) await microphone?.pause();
      else await microphone?.resume();
      room.broadcast('muteChanged', { participantId, muted });
      room.updated(target);
      return {};
    },
  },

  raiseHand: {
    who: inRoom,
    handle({ room, participant }, { raised }) {
      const { roomId } = participant;
      if (roomId === null) throw new ClassroomError('method_not_allowed');
      const changed = raised ? room.stage.raise(roomId, Date.now()) : room.stage.lower(roomId);
      if (changed) handsChanged(room, roomId, raised);
      return {};
    },
  },

  lowerHand: {
    who: presenter,
    handle({ room }, { roomId }) {
      if (room.stage.lower(roomId)) handsChanged(room, roomId, false);
      return {};
    },
  },

  sendPicture: {
    who: ['receiver'],
    handle({ room, participant }, { jpeg }) {
      const at = Date.now();
      if (at - participant.pictureAt < pictureIntervalMs) throw new ClassroomError('too_many_requests');
      participant.pictureAt = at;
      room.inform('pictureArrived', { participantId: participant.id, jpeg, at }, presenter);
      return {};
    },
  },

  reportLink: {
    who: anyone,
    handle({ room, participant }, link) {
      room.inform('linkChanged', { participantId: participant.id, link }, watchers);
      return {};
    },
  },

  leave: {
    who: anyone,
    handle({ room, participant }) {
      room.leave(participant);
      return {};
    },
  },

  end: {
    who: presenter,
    handle({ room }) {
      // The presenter's own socket closes too: first it gets its answer.
      setImmediate(() => void room.end('presenter', true));
      return {};
    },
  },
};

function stageChanged(room: Room): void {
  const stage = room.stage.rooms;
  room.broadcast('stageChanged', { stage });
  room.recorder.note({ type: 'stage', roomIds: stage });
}

function handsChanged(room: Room, roomId: string, raised: boolean): void {
  room.broadcast('handsChanged', { hands: room.stage.hands });
  room.recorder.note({ type: 'hand', roomId, raised });
}

/** So that a restart in mid-lesson shows the same page; the lesson does not wait for it. */
function rememberSlide({ room, hooks, warn }: Call, at: number): void {
  const { slides, page } = room.slideShow;
  hooks
    .slideTurned({ classSessionId: room.classSessionId, fileId: slides?.fileId ?? null, page, at })
    .catch((error: unknown) => warn(error, 'a slide turn was not remembered'));
}

/** @throws ClassroomError `method_not_allowed`, `bad_request`, and what the method throws */
export async function callMethod<M extends RoomMethod>(
  method: M,
  call: Call,
  data: unknown,
): Promise<RequestAnswer<M>> {
  const definition: Definition<M> = methods[method];
  if (!definition.who.includes(call.participant.role)) throw new ClassroomError('method_not_allowed');
  return definition.handle(call, parseRequest(method, data));
}

const schemas: { [M in Method]: { data: z.ZodType<Parsed<M>> } } = requests;

/** @throws ClassroomError `bad_request` */
export function parseRequest<M extends Method>(method: M, data: unknown): Parsed<M> {
  const parsed = schemas[method].data.safeParse(data);
  if (!parsed.success) throw new ClassroomError('bad_request', { cause: parsed.error });
  return parsed.data;
}
