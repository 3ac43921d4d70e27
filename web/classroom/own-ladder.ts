import { type ComputedRef, computed, type Ref, shallowRef } from 'vue';
import type { RequestAnswer, Rung, Why } from '../../media/protocol.ts';
import type { KnownLine, LineMemory } from './known-line.ts';
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

export function createOwnLadder(memory: LineMemory | null) {
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
    // Who has climbed to the top again has more than was seen to fit.
    const wider = rung.value !== 'all' && now.rung === 'all';
    rung.value = now.rung;
    why.value = now.why;
    const narrow = now.why?.cause === 'speed' && { downKbps: now.why.value };
    memory?.write({ rung: now.rung, ...(wider && { downKbps: null }), ...narrow });
  }
  const handlers: NotificationHandlers = { rungChanged: take };
  return { ladder, handlers, take, remembered: (): KnownLine => memory?.read() ?? {} };
}
