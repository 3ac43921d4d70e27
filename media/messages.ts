import { randomUUID } from 'node:crypto';
import { ClassroomError } from './errors.ts';
import type { Message } from './room-state.ts';

/** Somebody who presses again and again is heard once. */
const intervalMs = 2_000;
const mostKept = 100;

/** What the rooms have said to the presenter in writing, the newest last. */
export class Messages {
  #all: Message[] = [];

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
    this.#all = [...this.#all, message].slice(-mostKept);
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
