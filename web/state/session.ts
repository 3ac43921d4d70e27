import { type ComputedRef, computed, type InjectionKey, shallowRef } from 'vue';
import { ApiError } from '../api/problem.ts';
import { readMe, signIn, signOut } from '../api/sign-in.ts';
import type { Account, Me, Role } from '../api/types.ts';
import { injected } from './injection.ts';

/** Who keeps a school's accounts, rooms and timetable; the office keeps the terms of its alliance. */
export const managers = ['operator', 'principal', 'office', 'admin'] as const satisfies readonly Role[];

/** What somebody of a role among `managers` keeps; the navigation and the page call it the same. */
export function keptBy(role: Role): 'school' | 'alliance' | 'platform' {
  if (role === 'admin') return 'platform';
  return role === 'office' ? 'alliance' : 'school';
}

/** Who is signed in in this browser: an account, a room's device, or nobody (`null`). */
export interface Session {
  actor: ComputedRef<Me | null>;
  account: ComputedRef<Account | null>;
  /** Asks the server once; later calls wait for the same answer. */
  ready(): Promise<void>;
  refresh(): Promise<void>;
  signIn(login: string, password: string): Promise<void>;
  /** Tells the server. The page leads to the sign-in next, and forgets only then, as it cannot be drawn for nobody. */
  signOut(): Promise<void>;
  /** Nobody is signed in any more. */
  forget(): void;
}

export const sessionKey: InjectionKey<Session> = Symbol('session');
export const useSession = (): Session => injected(sessionKey);

/** The account that is signed in, on pages that only accounts reach. */
export function useAccount(): ComputedRef<Account> {
  const { account } = useSession();
  // A page may be drawn once more after its account has signed out, while the way to the next page is open.
  let last = account.value;
  return computed(() => {
    last = account.value ?? last;
    if (!last) throw new Error('This page needs an account that is signed in.');
    return last;
  });
}

export function createSession(): Session {
  const actor = shallowRef<Me | null>(null);
  let asked: Promise<void> | null = null;

  async function refresh(): Promise<void> {
    try {
      actor.value = (await readMe()).actor;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'not_signed_in') throw error;
      actor.value = null;
    }
  }
  function ready(): Promise<void> {
    asked ??= refresh().catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  }
  return {
    actor: computed(() => actor.value),
    account: computed(() => (actor.value?.kind === 'account' ? actor.value.account : null)),
    ready,
    refresh,
    async signIn(login, password) {
      await signIn(login, password);
      await refresh();
    },
    async signOut() {
      await signOut();
    },
    forget() {
      actor.value = null;
    },
  };
}
