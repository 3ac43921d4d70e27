import type { Participant } from './participant.ts';
import type { NotificationData, NotificationMethod, Role } from './protocol.ts';

/** Who is in a room, and how they are told what happens there. */
export class Audience {
  readonly #participants = new Map<string, Participant>();

  get all(): Participant[] {
    return [...this.#participants.values()];
  }

  get empty(): boolean {
    return this.#participants.size === 0;
  }

  has(participant: Participant): boolean {
    return this.#participants.get(participant.id) === participant;
  }

  add(participant: Participant): void {
    this.#participants.set(participant.id, participant);
  }

  /** @returns whether it was in */
  remove(participant: Participant): boolean {
    return this.#participants.delete(participant.id);
  }

  clear(): void {
    this.#participants.clear();
  }

  broadcast<M extends NotificationMethod>(method: M, data: NotificationData<M>, except?: Participant): void {
    this.tell(method, data, (one) => one !== except);
  }

  /** To those who are meant by it. */
  tell<M extends NotificationMethod>(method: M, data: NotificationData<M>, meant: (one: Participant) => boolean): void {
    for (const participant of this.all) if (meant(participant)) participant.notify(method, data);
  }

  /** To some roles only, and dropped where the line is slow. */
  inform<M extends NotificationMethod>(method: M, data: NotificationData<M>, roles: readonly Role[]): void {
    for (const participant of this.all) if (roles.includes(participant.role)) participant.inform(method, data);
  }

  /** What is told of somebody has changed. */
  updated(participant: Participant): void {
    this.broadcast('participantUpdated', { participant: participant.describe() });
  }
}
