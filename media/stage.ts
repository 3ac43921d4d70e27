import { ClassroomError } from './errors.ts';
import type { FloorEvent } from './recorded-event.ts';

/** More pictures at once than this are neither seen from the last row nor carried by a school's line. */
const places = 4;

export type Hand = { roomId: string; raisedAt: number };

/**
 * Which rooms are seen and heard by all, and which would like to be. Kept by room and not by participant, so that a
 * room that reconnects is still where it was.
 */
export class Stage {
  readonly #members: ReadonlySet<string>;
  readonly #muted = new Set<string>();
  #rooms: string[] = [];
  #hands: Hand[] = [];
  readonly #turns = new Map<string, number>();

  /** @param before what happened before this node had the lesson, in order */
  constructor(members: Iterable<string>, before: readonly (FloorEvent & { at: number })[] = []) {
    this.#members = new Set(members);
    for (const event of before) {
      if (event.type === 'stage') this.#take(event.roomIds);
      if (event.type === 'mute') this.mute(event.roomId, event.muted);
      if (event.type !== 'hand') continue;
      if (event.raised) this.raise(event.roomId, event.at);
      else this.lower(event.roomId);
    }
  }

  /** Who has left the lesson since is not on stage any more. */
  #take(roomIds: readonly string[]): void {
    const members = roomIds.filter((roomId) => this.#members.has(roomId));
    for (const roomId of this.#rooms) if (!members.includes(roomId)) this.sendDown(roomId);
    for (const roomId of members) this.call(roomId);
  }

  get rooms(): string[] {
    return [...this.#rooms];
  }

  /** How often each room was called, so that none is forgotten. */
  get turns(): { roomId: string; count: number }[] {
    return [...this.#turns].map(([roomId, count]) => ({ roomId, count }));
  }

  get hands(): Hand[] {
    return [...this.#hands];
  }

  /** Rooms whose microphones are to stay closed. */
  get muted(): string[] {
    return [...this.#muted];
  }

  /** Whether the room is part of the lesson. */
  isMember(roomId: string): boolean {
    return this.#members.has(roomId);
  }

  has(roomId: string | null): boolean {
    return roomId !== null && this.#rooms.includes(roomId);
  }

  /** Returns whether anything changed. @throws ClassroomError `not_found`, `stage_full` */
  call(roomId: string): boolean {
    if (!this.#members.has(roomId)) throw new ClassroomError('not_found');
    if (this.#rooms.includes(roomId)) return false;
    if (this.#rooms.length >= places) throw new ClassroomError('stage_full');
    this.#rooms.push(roomId);
    this.#turns.set(roomId, (this.#turns.get(roomId) ?? 0) + 1);
    return true;
  }

  sendDown(roomId: string): boolean {
    if (!this.#rooms.includes(roomId)) return false;
    this.#rooms = this.#rooms.filter((each) => each !== roomId);
    return true;
  }

  isMuted(roomId: string | null): boolean {
    return roomId !== null && this.#muted.has(roomId);
  }

  /** Returns whether anything changed. */
  mute(roomId: string, muted: boolean): boolean {
    if (this.#muted.has(roomId) === muted) return false;
    if (muted) this.#muted.add(roomId);
    else this.#muted.delete(roomId);
    return true;
  }

  raise(roomId: string, at: number): boolean {
    if (this.#hands.some((hand) => hand.roomId === roomId)) return false;
    this.#hands.push({ roomId, raisedAt: at });
    return true;
  }

  lower(roomId: string): boolean {
    if (!this.#hands.some((hand) => hand.roomId === roomId)) return false;
    this.#hands = this.#hands.filter((hand) => hand.roomId !== roomId);
    return true;
  }
}
