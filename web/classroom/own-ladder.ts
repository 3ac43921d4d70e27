import { type ComputedRef, computed, type Ref, shallowRef } from 'vue';
import { type RequestAnswer, type Rung, rung as rungSchema, type Why } from '../../media/protocol.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import type { NotificationHandlers } from './socket.ts';

/** What this browser still gets of the lesson; the node decides it. */
export interface OwnLadder {
  rung: Readonly<Ref<Rung>>;
  why: Readonly<Ref<Why | null>>;
  /** Whether the presenter's picture and the shared screen are sent here. */
  picture: ComputedRef<boolean>;
  /** Whether rooms on stage are. */
  thumbnails: ComputedRef<boolean>;
  slides: ComputedRef<boolean>;
}

export interface RungMemory {
  read(): Rung | undefined;
  write(rung: Rung): void;
}

/** A room's line is tomorrow what it was today: its screen begins where it left off. */
export const deviceRung: RungMemory = {
  read: () => rungSchema.safeParse(readSetting('rung')).data,
  write: (rung) => writeSetting('rung', rung),
};

export function createOwnLadder(memory: RungMemory | null) {
  const rung = shallowRef<Rung>('all');
  const why = shallowRef<Why | null>(null);
  const ladder: OwnLadder = {
    rung,
    why,
    picture: computed(() => rung.value !== 'slides_audio' && rung.value !== 'audio'),
    thumbnails: computed(() => rung.value === 'all'),
    slides: computed(() => rung.value !== 'audio'),
  };
  function take(now: Pick<RequestAnswer<'join'>, 'rung' | 'why'>): void {
    rung.value = now.rung;
    why.value = now.why;
    memory?.write(now.rung);
  }
  const handlers: NotificationHandlers = { rungChanged: take };
  return { ladder, handlers, take, remembered: () => memory?.read() };
}
