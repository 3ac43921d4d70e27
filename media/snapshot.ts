import type { Participant } from './participant.ts';
import type { Room } from './room.ts';
import type { Snapshot } from './room-state.ts';
import type { SessionDescription } from './session-hooks.ts';
import { shownInk } from './shown-ink.ts';

/** The room as somebody in it is to see it. */
export function snapshotOf(
  room: Room,
  participant: Participant,
  { title, music }: Pick<SessionDescription, 'title' | 'music'>,
): Snapshot {
  const { live, startedAt, stage, slideShow, messages } = room;
  return {
    epoch: room.media.epoch,
    seq: participant.outbox.seq,
    now: Date.now(),
    session: { id: room.classSessionId, title, music, live, startedAt },
    participants: room.participants.map((each) => each.describe()),
    stage: stage.rooms,
    turns: stage.turns,
    hands: stage.hands,
    headCounts: room.attendance.headCounts,
    timer: room.timer,
    messages: participant.role === 'presenter' ? messages.all : messages.of(participant.roomId),
    slides: slideShow.slides,
    page: slideShow.page,
    ink: shownInk(room).first,
    recording: room.recorder.state,
    recordedFromRooms: room.recordedFromRooms,
    consumers: participant.wireConsumers(),
    rung: participant.ladder.rung,
    why: participant.ladder.why,
  };
}
