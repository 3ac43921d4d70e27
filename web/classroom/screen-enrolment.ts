import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef } from 'vue';
import { askToEnrol, fetchDeviceKey } from '../api/enrolment.ts';
import { ApiError, isAborted } from '../api/problem.ts';
import { pause } from '../state/back-off.ts';

/** What the screen shows for a phone to read. */
export interface EnrolmentCode {
  userCode: string;
  /** The page where the code can be typed. */
  page: string;
  /** The same with the code in it. */
  link: string;
}

/** `limited`: too many screens ask from this network. `denied`: an operator has refused; a new code comes soon. */
export type EnrolmentState = 'asking' | 'shown' | 'denied' | 'limited' | 'offline';

export interface ScreenEnrolment {
  state: Readonly<Ref<EnrolmentState>>;
  code: Readonly<ShallowRef<EnrolmentCode | null>>;
}

export interface ScreenEnrolmentOptions {
  /** This browser is a room's device now. */
  enrolled(): void;
  screen(): { width: number; height: number };
  /** Milliseconds; for tests. */
  pauses?: { retry: number; limited: number; denied: number; second: number };
}

const slowerBySeconds = 5;
type Ending = 'enrolled' | 'expired' | 'denied';
type Asked = Awaited<ReturnType<typeof askToEnrol>>;

const codeOf = (error: unknown): string => (error instanceof ApiError ? error.code : '');

/** Asks to be a room's device until somebody with a phone says yes: nobody has to press anything here. */
export function useScreenEnrolment({
  enrolled,
  screen,
  pauses = { retry: 3000, limited: 60_000, denied: 8000, second: 1000 },
}: ScreenEnrolmentOptions): ScreenEnrolment {
  const state = ref<EnrolmentState>('asking');
  const code = shallowRef<EnrolmentCode | null>(null);
  const life = new AbortController();
  const { signal } = life;

  /** A question that fails is asked again: a screen that gave up would have to be woken by hand. */
  async function ask(): Promise<Asked | null> {
    while (!signal.aborted) {
      try {
        return await askToEnrol(screen(), signal);
      } catch (error) {
        if (isAborted(error)) return null;
        code.value = null;
        const limited = codeOf(error) === 'too_many_attempts';
        state.value = limited ? 'limited' : 'offline';
        await pause(limited ? pauses.limited : pauses.retry, signal);
      }
    }
    return null;
  }

  async function wait(asked: Asked): Promise<Ending> {
    let interval = asked.interval;
    while (!signal.aborted) {
      await pause(interval * pauses.second, signal);
      if (signal.aborted) break;
      try {
        await fetchDeviceKey(asked.device_code, signal);
        return 'enrolled';
      } catch (error) {
        const refusal = codeOf(error);
        if (refusal === 'access_denied') return 'denied';
        if (refusal === 'slow_down') interval += slowerBySeconds;
        // Whatever else refuses the code, a new one is needed; a lost line is no refusal.
        else if (refusal !== 'authorization_pending' && error instanceof ApiError && isFinal(error)) return 'expired';
        state.value = refusal === 'offline' ? 'offline' : 'shown';
      }
    }
    return 'expired';
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const asked = await ask();
      if (!asked) return;
      const { user_code: userCode, verification_uri: page, verification_uri_complete: link } = asked;
      code.value = { userCode, page, link };
      state.value = 'shown';
      const ending = await wait(asked);
      if (signal.aborted) return;
      if (ending === 'enrolled') return enrolled();
      if (ending !== 'denied') continue;
      code.value = null;
      state.value = 'denied';
      await pause(pauses.denied, signal);
    }
  }

  onScopeDispose(() => life.abort());
  void run();
  return { state, code };
}

function isFinal({ status }: ApiError): boolean {
  return status >= 400 && status < 500 && status !== 429;
}
