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
  /** Data URLs. */
  pictures: ReadonlyMap<string, string>;
  self: Readonly<Ref<string | null>>;
}

export function createRoster() {
  const people = shallowReactive(new Map<string, Participant>());
  const links = shallowReactive(new Map<string, Link>());
  const pictures = shallowReactive(new Map<string, string>());
  const self = shallowRef<string | null>(null);
  const participants = computed(() => [...people.values()]);

  const roster: Roster = {
    participants,
    byId: (id) => people.get(id),
    presenter: computed(() => participants.value.find((person) => person.role === 'presenter')),
    receiverOf: (roomId) => participants.value.find((person) => person.role === 'receiver' && person.roomId === roomId),
    links,
    pictures,
    self,
  };
  const handlers: NotificationHandlers = {
    participantJoined: ({ participant }) => void people.set(participant.id, participant),
    participantUpdated: ({ participant }) => void people.set(participant.id, participant),
    participantLeft({ participantId }) {
      people.delete(participantId);
      links.delete(participantId);
      pictures.delete(participantId);
    },
    muteChanged({ participantId, muted }) {
      const person = people.get(participantId);
      if (person) people.set(participantId, { ...person, muted });
    },
    linkChanged: ({ participantId, link }) => void links.set(participantId, link),
    pictureArrived: ({ participantId, jpeg }) => void pictures.set(participantId, `data:image/jpeg;base64,${jpeg}`),
  };
  function take(snapshot: Snapshot): void {
    people.clear();
    for (const participant of snapshot.participants) people.set(participant.id, participant);
    for (const id of [...links.keys(), ...pictures.keys()]) {
      if (people.has(id)) continue;
      links.delete(id);
      pictures.delete(id);
    }
  }
  return { roster, handlers, take, self };
}
