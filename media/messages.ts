import { randomUUID } from 'node:crypto';
import { ClassroomError } from './errors.ts';
import type { FloorEvent } from './recorded-event.ts';
import type { Message } from './room-state.ts';

/** Somebody who presses again and again is heard once. */
const intervalMs = 2_000;
const mostKept = 100;

/** What the rooms have said to the presenter in writing, the newest last. */
export class Messages {
  #all: Message[] = [];

  /** @param before what happened before this node had the lesson, in order */
  constructor(before: readonly FloorEvent[] = []) {
    for (const event of before) {
      if (event.type === 'message') this.#keep(event.message);
      else if (event.type === 'messageSeen') this.see(event.messageId);
    }
  }

  #keep(message: Message): void {
    this.#all = [...this.#all, message].slice(-mostKept);
  }

  get all(): Message[] {
    return [...this.#all];
  }

  of(roomId: string | null): Message[] {
    return this.#all.filter((message) => message.roomId === roomId);
  }

  /** @throws ClassroomError `too_many_requests` */
  add(said: Pick<Message, 'roomId' | 'kind' | 'text'>, at: number): Message {
    const last = this.#all.findLast(({ roomId }) => roomId === said.roomId);
    if (last && at - last.at < intervalMs) throw new ClassroomError('too_many_requests');
    const message: Message = { id: randomUUID(), ...said, at, seen: false };
    this.#keep(message);
    return message;
  }

  /** @returns the message, if that is news. @throws ClassroomError `not_found` */
  see(messageId: string): Message | null {
    const message = this.#all.find(({ id }) => id === messageId);
    if (!message) throw new ClassroomError('not_found');
    if (message.seen) return null;
    const seen = { ...message, seen: true };
    this.#all = this.#all.map((each) => (each === message ? seen : each));
    return seen;
  }
}
