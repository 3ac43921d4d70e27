import { onScopeDispose, type Ref, ref, watch } from 'vue';
import { onBeforeRouteLeave } from 'vue-router';

export interface LeaveGuard {
  /** Whether somebody is about to leave and has yet to say that they mean it. */
  asking: Readonly<Ref<boolean>>;
  answer(leave: boolean): void;
}

/** Leaving the page takes the lesson from every room, so it is asked about while `held` says that there is one. */
export function useLeaveGuard(held: () => boolean): LeaveGuard {
  const asking = ref(false);
  let settle: ((leave: boolean) => void) | undefined;

  function answer(leave: boolean): void {
    asking.value = false;
    settle?.(leave);
    settle = undefined;
  }

  function closing(event: BeforeUnloadEvent): void {
    if (held()) event.preventDefault();
  }
  onBeforeRouteLeave(() => {
    if (!held()) return true;
    // Whoever goes back twice is asked once.
    answer(false);
    asking.value = true;
    return new Promise<boolean>((resolve) => {
      settle = resolve;
    });
  });
  addEventListener('beforeunload', closing);
  // What was asked about is over.
  watch(held, (holds) => {
    if (!holds) answer(true);
  });
  onScopeDispose(() => {
    removeEventListener('beforeunload', closing);
    answer(false);
  });
  return { asking, answer };
}
