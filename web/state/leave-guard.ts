import { onScopeDispose, type Ref, ref, watch } from 'vue';
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router';

export interface LeaveGuard {
  /** Whether somebody is about to leave and has yet to say that they mean it. */
  asking: Readonly<Ref<boolean>>;
  answer(leave: boolean): void;
  /** Whether one may leave: asks while something is held. */
  ask(): Promise<boolean>;
}

/** Of everything on the page that would be lost. */
const guards = new Set<LeaveGuard['ask']>();

/** Asked before a part of the page gives way to another one, as when another file is chosen. */
export async function mayLeave(): Promise<boolean> {
  for (const ask of guards) if (!(await ask())) return false;
  return true;
}

/**
 * Leaving the page loses what cannot be brought back, so it is asked about while `held` says that there is something: a lesson
 * is taken from every room, what was typed is gone.
 */
export function useLeaveGuard(held: () => boolean): LeaveGuard {
  const asking = ref(false);
  let settle: ((leave: boolean) => void) | undefined;

  function answer(leave: boolean): void {
    asking.value = false;
    settle?.(leave);
    settle = undefined;
  }
  async function ask(): Promise<boolean> {
    if (!held()) return true;
    // Whoever goes back twice is asked once.
    answer(false);
    asking.value = true;
    return new Promise<boolean>((resolve) => {
      settle = resolve;
    });
  }

  function closing(event: BeforeUnloadEvent): void {
    if (held()) event.preventDefault();
  }
  onBeforeRouteLeave(ask);
  // Another address of the same page shows something else.
  onBeforeRouteUpdate(ask);
  addEventListener('beforeunload', closing);
  guards.add(ask);
  // What was asked about is over.
  watch(held, (holds) => {
    if (!holds) answer(true);
  });
  onScopeDispose(() => {
    removeEventListener('beforeunload', closing);
    guards.delete(ask);
    answer(false);
  });
  return { asking, answer, ask };
}
