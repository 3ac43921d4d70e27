import { computed, onScopeDispose, ref, shallowRef } from 'vue';
import { createAccount, listAccounts, previewStaffList, resetPassword } from '../api/accounts.ts';
import { ApiError, isAborted } from '../api/problem.ts';
import type { Account, StaffListLine, StaffListPreview } from '../api/types.ts';

export type Stage = 'choosing' | 'previewing' | 'making' | 'done';

/** An account that was made, and its first password, which nobody can look up again. */
export interface Made {
  account: Account;
  initialPassword: string;
}

/** A line that no account was made of. */
export interface Unmade {
  line: StaffListLine;
  error: unknown;
}

/** What is asked of the server. */
export interface StaffImportWays {
  preview(file: Blob, schoolId: string, signal: AbortSignal): Promise<StaffListPreview>;
  create(line: StaffListLine): Promise<Made>;
  /** Finds the account that a request made whose answer got lost, and gives it another first password. */
  recover(line: StaffListLine): Promise<Made | null>;
}

export const ways: StaffImportWays = {
  preview: previewStaffList,
  create: ({ name, login, phone, role, school }) =>
    createAccount({ name, login, phone, role, schoolId: school?.id ?? null }),
  async recover({ name, login, school }) {
    const { items } = await listAccounts({ q: login, ...(school ? { schoolId: school.id } : {}) });
    const account = items.find((one) => one.login === login && one.name === name);
    return account ? { account, ...(await resetPassword(account.id)) } : null;
  },
};

/** Whether the server has judged this one line; anything else would befall all the lines after it as well. */
function isRefusalOfLine(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 404, 409, 422].includes(error.status);
}
const isTaken = (error: unknown): boolean =>
  error instanceof ApiError && (error.code === 'login_taken' || error.code === 'phone_taken');

/** Lines in the order in which they are looked at: what is wrong, what is new, what stays. */
export function sorted(lines: readonly StaffListLine[]): StaffListLine[] {
  return (['fault', 'new', 'present'] as const).flatMap((kind) => lines.filter(({ outcome }) => outcome === kind));
}

/**
 * The accounts of a school's staff list: a file is chosen, what it would bring is looked at, the accounts are made one after
 * the other. The first passwords are nowhere but here.
 */
export function useStaffImport({ preview, create, recover }: StaffImportWays = ways) {
  const stage = ref<Stage>('choosing');
  const file = shallowRef<File>();
  const lines = shallowRef<StaffListLine[]>([]);
  const rest = shallowRef<StaffListLine[]>([]);
  const made = shallowRef<Made[]>([]);
  const unmade = shallowRef<Unmade[]>([]);
  const looking = ref(false);
  const running = ref(false);
  const stopping = ref(false);
  /** Why it does not go on by itself: the file was refused, or no account can be made at present. */
  const error = shallowRef<unknown>(null);
  /** Whether the passwords were taken along. */
  const kept = ref(false);
  let asked: AbortController | undefined;
  /** The line whose request may have been carried out although no answer came. */
  let unanswered: StaffListLine | undefined;

  const numberOf = (kind: StaffListLine['outcome']) => lines.value.filter(({ outcome }) => outcome === kind).length;
  const counts = computed(() => ({ new: numberOf('new'), present: numberOf('present'), fault: numberOf('fault') }));
  /** Whether leaving would lose passwords, or accounts that are still to be made. */
  const held = computed(() => stage.value === 'making' || (made.value.length > 0 && !kept.value));

  async function look(chosen: File, schoolId: string): Promise<void> {
    asked?.abort();
    const controller = new AbortController();
    asked = controller;
    file.value = chosen;
    looking.value = true;
    error.value = null;
    try {
      const found = (await preview(chosen, schoolId, controller.signal)).lines;
      if (asked !== controller) return;
      lines.value = sorted(found);
      rest.value = lines.value.filter(({ outcome }) => outcome === 'new');
      stage.value = 'previewing';
    } catch (cause) {
      if (asked !== controller || isAborted(cause)) return;
      error.value = cause;
      stage.value = 'choosing';
    } finally {
      if (asked === controller) looking.value = false;
    }
  }

  async function makeOf(line: StaffListLine): Promise<Made> {
    try {
      return await create(line);
    } catch (cause) {
      const lost = unanswered === line && isTaken(cause) ? await recover(line) : null;
      if (lost) return lost;
      throw cause;
    }
  }

  /** Makes what is still to be made, and goes on after a pause or a stop. */
  async function make(): Promise<void> {
    if (running.value) return;
    running.value = true;
    stopping.value = false;
    error.value = null;
    stage.value = 'making';
    for (let line = rest.value[0]; line && !stopping.value; line = rest.value[0]) {
      try {
        made.value = [...made.value, await makeOf(line)];
        kept.value = false;
      } catch (cause) {
        if (!isRefusalOfLine(cause)) {
          unanswered = line;
          error.value = cause;
          break;
        }
        unmade.value = [...unmade.value, { line, error: cause }];
      }
      rest.value = rest.value.slice(1);
    }
    running.value = false;
    if (!error.value || stopping.value) stage.value = 'done';
  }

  /** Waits for the account that is being made, so that its password is not lost. */
  function stop(): void {
    stopping.value = true;
    if (!running.value) stage.value = 'done';
  }

  /** Back to another file, or the same one once it is mended. */
  function again(): void {
    if (stage.value !== 'previewing') return;
    asked?.abort();
    looking.value = false;
    file.value = undefined;
    error.value = null;
    stage.value = 'choosing';
  }

  onScopeDispose(() => {
    asked?.abort();
    stopping.value = true;
  });
  const state = { stage, file, lines, rest, made, unmade, looking, running, stopping, error, kept, counts, held };
  return { ...state, look, make, stop, again };
}
export type StaffImport = ReturnType<typeof useStaffImport>;
