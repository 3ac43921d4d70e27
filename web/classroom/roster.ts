import { type ComputedRef, computed, type Ref, shallowReactive, shallowRef } from 'vue';
import type { Link, Participant, Snapshot } from '../../media/protocol.ts';
import type { NotificationHandlers } from './socket.ts';

/** Who is here, how well each receives, and the last still picture of each room that is off stage. */
export interface Roster {
  participants: ComputedRef<readonly Participant[]>;
  byId(id: string): Participant | undefined;
  presenter: ComputedRef<Participant | undefined>;
  receiverOf(roomId: string): Participant | undefined;
  links: ReadonlyMap<string, Link>;
  pictures: ReadonlyMap<string, Still>;
  /** Since when a participant's line is gone, by this machine's clock; null while it is there. */
  lostAt(participantId: string): number | null;
  /** Of a room that was here and is not any more: its line broke, and it comes back by itself; or it was taken out, or is elsewhere. */
  goneBy(roomId: string): 'lost' | 'left' | null;
  self: Readonly<Ref<string | null>>;
}

export interface Still {
  /** A data URL. */
  src: string;
  /** When it came, by this machine's clock. */
  at: number;
}

export function createRoster() {
  const people = shallowReactive(new Map<string, Participant>());
  const links = shallowReactive(new Map<string, Link>());
  const pictures = shallowReactive(new Map<string, Still>());
  const lost = shallowReactive(new Map<string, number>());
  const gone = shallowReactive(new Map<string, 'lost' | 'left'>());
  const self = shallowRef<string | null>(null);
  const participants = computed(() => [...people.values()]);

  const roster: Roster = {
    participants,
    byId: (id) => people.get(id),
    presenter: computed(() => participants.value.find((person) => person.role === 'presenter')),
    receiverOf: (roomId) => participants.value.find((person) => person.role === 'receiver' && person.roomId === roomId),
    links,
    pictures,
    lostAt: (participantId) => lost.get(participantId) ?? null,
    goneBy: (roomId) => gone.get(roomId) ?? null,
    self,
  };
  function put(participant: Participant): void {
    people.set(participant.id, participant);
    if (participant.role === 'receiver' && participant.roomId !== null) gone.delete(participant.roomId);
    if (participant.connected) lost.delete(participant.id);
    else if (!lost.has(participant.id)) lost.set(participant.id, Date.now());
  }
  /** Whoever's line breaks is said to be without it before being given up. */
  function remove({ id, role, roomId, connected }: Participant): void {
    people.delete(id);
    if (role === 'receiver' && roomId !== null) gone.set(roomId, connected ? 'left' : 'lost');
  }
  const handlers: NotificationHandlers = {
    participantJoined: ({ participant }) => put(participant),
    participantUpdated: ({ participant }) => put(participant),
    participantLeft({ participantId }) {
      const person = people.get(participantId);
      if (person) remove(person);
      links.delete(participantId);
      pictures.delete(participantId);
      lost.delete(participantId);
    },
    muteChanged({ participantId, muted }) {
      const person = people.get(participantId);
      if (person) people.set(participantId, { ...person, muted });
    },
    linkChanged: ({ participantId, link }) => void links.set(participantId, link),
    pictureArrived: ({ participantId, jpeg }) => {
      pictures.set(participantId, { src: `data:image/jpeg;base64,${jpeg}`, at: Date.now() });
    },
  };
  function take(snapshot: Snapshot): void {
    for (const person of [...people.values()]) remove({ ...person, connected: false });
    for (const participant of snapshot.participants) put(participant);
    for (const known of [links, pictures, lost]) {
      for (const id of known.keys()) if (!people.has(id)) known.delete(id);
    }
  }
  return { roster, handlers, take, self };
}
