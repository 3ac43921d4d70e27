import { type ComputedRef, computed, shallowRef } from 'vue';
import type { Message, RequestAnswer, Snapshot } from '../../media/protocol.ts';
import type { Connection } from './connection.ts';
import type { NotificationHandlers } from './socket.ts';

/** What the rooms write to the presenter; a room has its own alone. */
export interface Messages {
  /** The newest first. */
  all: ComputedRef<readonly Message[]>;
  unseen: ComputedRef<readonly Message[]>;
  send(kind: Message['kind'], text?: string): Promise<RequestAnswer<'sendMessage'>>;
  see(messageId: string): Promise<unknown>;
}

export function createMessages(request: Connection['request']) {
  const list = shallowRef<readonly Message[]>([]);
  const all = computed(() => [...list.value].reverse());
  const messages: Messages = {
    all,
    unseen: computed(() => all.value.filter(({ seen }) => !seen)),
    send: (kind, text = '') => request('sendMessage', { kind, text }),
    see: (messageId) => request('seeMessage', { messageId }),
  };
  const handlers: NotificationHandlers = {
    messageArrived({ message }) {
      list.value = [...list.value.filter(({ id }) => id !== message.id), message];
    },
    messageSeen({ messageId }) {
      list.value = list.value.map((one) => (one.id === messageId ? { ...one, seen: true } : one));
    },
  };
  function take(snapshot: Snapshot): void {
    list.value = snapshot.messages;
  }
  return { messages, handlers, take };
}
