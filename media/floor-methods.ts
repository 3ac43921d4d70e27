import { ClassroomError } from './errors.ts';
import type { Definition } from './method.ts';
import type { Participant } from './participant.ts';
import type { Room } from './room.ts';

const presenter = ['presenter'] as const;
const inRoom = ['receiver', 'assistant'] as const;

/** What a room says is between it and the presenter. */
const concerns = (roomId: string) => (one: Participant) => one.role === 'presenter' || one.roomId === roomId;

function stageChanged(room: Room): void {
  const { rooms: stage, turns } = room.stage;
  room.audience.broadcast('stageChanged', { stage, turns });
  room.recorder.note({ type: 'stage', roomIds: stage });
}

function handsChanged(room: Room, roomId: string, raised: boolean): void {
  room.audience.broadcast('handsChanged', { hands: room.stage.hands });
  room.recorder.note({ type: 'hand', roomId, raised });
}

type FloorMethod =
  | 'callToStage'
  | 'sendDown'
  | 'mute'
  | 'raiseHand'
  | 'confirmHeadCount'
  | 'sendMessage'
  | 'seeMessage'
  | 'setTimer'
  | 'lowerHand';

/** Who is seen, heard and asked: what passes between the presenter and the rooms beside the lesson itself. */
export const floorMethods: { [M in FloorMethod]: Definition<M> } = {
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
      const roomId = target?.roomId ?? null;
      if (target?.role !== 'receiver' || roomId === null) throw new ClassroomError('not_found');
      target.muted = muted;
      if (room.stage.mute(roomId, muted)) room.recorder.note({ type: 'mute', roomId, muted });
      const microphone = target.producers.get('microphone');
      if (muted) await microphone?.pause();
      else await microphone?.resume();
      room.audience.broadcast('muteChanged', { participantId, muted });
      room.audience.updated(target);
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

  confirmHeadCount: {
    who: [...inRoom, ...presenter],
    handle({ room, participant }, { count, roomId: named }) {
      const roomId = participant.role === 'presenter' ? named : participant.roomId;
      if (!roomId) throw new ClassroomError('bad_request');
      if (!room.stage.isMember(roomId)) throw new ClassroomError('not_found');
      const at = Date.now();
      if (room.attendance.confirm(roomId, count, participant, at)) {
        room.audience.broadcast('headCountConfirmed', { roomId, count, at });
      }
      return {};
    },
  },

  sendMessage: {
    who: inRoom,
    handle({ room, participant }, said) {
      const { roomId } = participant;
      if (roomId === null || !room.stage.isMember(roomId)) throw new ClassroomError('method_not_allowed');
      const message = room.messages.add({ roomId, ...said }, Date.now());
      room.recorder.note({ type: 'message', message });
      room.audience.tell('messageArrived', { message }, concerns(roomId));
      return { messageId: message.id };
    },
  },

  seeMessage: {
    who: presenter,
    handle({ room }, { messageId }) {
      const seen = room.messages.see(messageId);
      if (!seen) return {};
      room.recorder.note({ type: 'messageSeen', messageId });
      room.audience.tell('messageSeen', { messageId }, concerns(seen.roomId));
      return {};
    },
  },

  setTimer: {
    who: presenter,
    handle({ room }, { durationMs }) {
      const timer = durationMs === null ? null : { endsAt: Date.now() + durationMs, durationMs };
      room.timer = timer;
      room.recorder.note({ type: 'timer', timer });
      room.audience.broadcast('timerChanged', { timer });
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
};
