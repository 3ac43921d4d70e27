import type { z } from 'zod';
import type { Participant } from './participant.ts';
import type { Method, RequestAnswer, Role, requests } from './protocol.ts';
import type { Room } from './room.ts';

/** A request of somebody who is in. */
export type Call = {
  room: Room;
  participant: Participant;
};

/** The methods of those who are in. (`join` and `resume` are how one gets in: signalling.ts.) */
export type RoomMethod = Exclude<Method, 'join' | 'resume'>;
/** What a client passes in, once it is read. */
export type Parsed<M extends Method> = z.output<(typeof requests)[M]['data']>;
/** Who may call a method, and what it does. */
export type Definition<M extends RoomMethod> = {
  who: readonly Role[];
  handle(call: Call, data: Parsed<M>): Promise<RequestAnswer<M>> | RequestAnswer<M>;
};
