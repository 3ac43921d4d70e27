import { beforeEach, describe, expect, it, vi } from 'vitest';
import { computed, nextTick, shallowRef } from 'vue';
import { ApiError } from '../../../web/api/problem.ts';
import type { Account } from '../../../web/api/types.ts';
import type { SenderEvents, SenderOptions } from '../../../web/upload/sender.ts';
import { createUploads } from '../../../web/upload/uploads.ts';

const stored = new Map<string, string>();
const listeners = new Map<string, (event: Event) => void>();

beforeEach(() => {
  stored.clear();
  listeners.clear();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  vi.stubGlobal('addEventListener', (name: string, listener: (event: Event) => void) => listeners.set(name, listener));
  return () => vi.unstubAllGlobals();
});

/** One tab; opening a second one with what is stored is a reload. */
function openTab(signedIn: string | null = 'ma', { gone = [] as string[] } = {}) {
  const actor = shallowRef<string | null>(signedIn);
  /** Who is signed in by the cookie, which another tab may have changed. */
  let cookie = signedIn;
  const session = {
    account: computed(() => (actor.value === null ? null : ({ id: actor.value } as Account))),
    refresh: async () => {
      actor.value = cookie;
    },
  };
  const sent = new Map<string, SenderEvents>();
  const options = new Map<string, SenderOptions>();
  const calls: string[] = [];
  const uploads = createUploads({
    session,
    createSender(file, given) {
      sent.set(file.name, given.events);
      options.set(file.name, given);
      return {
        start: () => calls.push(`start ${file.name}`),
        pause: () => calls.push(`pause ${file.name}`),
        cancel: async () => {
          calls.push(`cancel ${file.name}`);
          throw new Error('no line');
        },
      };
    },
    readFile: async (id) => {
      if (gone.includes(id)) throw new ApiError('not_found', 404, null);
      throw new ApiError('offline', 0, null);
    },
  });
  return {
    uploads,
    calls,
    add: (...names: string[]) => uploads.add(names.map((name) => new File(['x'], name, { lastModified: 1 }))),
    item(name: string) {
      const found = uploads.items.value.find((one) => one.name === name);
      if (!found) throw new Error(`${name} is not on the list.`);
      return found;
    },
    arrive: (name: string) => sent.get(name)?.sent(`id of ${name}`),
    refuse: (name: string, code = 'no_space') => sent.get(name)?.refused(new ApiError(code, 507, null)),
    isOwnerHere: (name: string) => options.get(name)?.isOwnerHere(),
    signIn(id: string | null) {
      cookie = id;
      actor.value = id;
    },
    signInElsewhere(id: string | null) {
      cookie = id;
    },
    names: () => uploads.items.value.map((item) => item.name),
  };
}

describe('a publish that waits for its files', () => {
  it('goes on without a file that is taken off the list', async () => {
    const { uploads, add, item, arrive } = openTab();
    add('a', 'b');
    const done = uploads.whenSent([...uploads.items.value]);
    await uploads.cancel(item('a'));
    arrive('b');
    expect((await done).map(({ fileId }) => fileId)).toEqual(['id of b']);
  });

  it('leaves out one that had been sent and is taken off meanwhile', async () => {
    const { uploads, add, item, arrive } = openTab();
    add('a', 'b');
    const done = uploads.whenSent([...uploads.items.value]);
    arrive('a');
    await uploads.cancel(item('a'));
    arrive('b');
    expect((await done).map(({ fileId }) => fileId)).toEqual(['id of b']);
  });

  it('ends with words when none is left', async () => {
    const { uploads, add, item } = openTab();
    add('a');
    const done = expect(uploads.whenSent([...uploads.items.value])).rejects.toMatchObject({ code: 'upload_removed' });
    await uploads.cancel(item('a'));
    await done;
  });

  it('ends with the first refusal', async () => {
    const { uploads, add, refuse } = openTab();
    add('a', 'b');
    const done = expect(uploads.whenSent([...uploads.items.value])).rejects.toMatchObject({ code: 'no_space' });
    refuse('b');
    await done;
  });

  it('ends unsaid when somebody else signs in', async () => {
    const { uploads, add, signIn } = openTab();
    add('a');
    const done = expect(uploads.whenSent([...uploads.items.value])).rejects.toMatchObject({ name: 'AbortError' });
    signIn('li');
    await done;
  });
});

describe('the list', () => {
  it('takes a file once', () => {
    const { add, names, calls } = openTab();
    add('a');
    add('a', 'b');
    expect(names()).toEqual(['a', 'b']);
    expect(calls).toEqual(['start a', 'start b']);
  });

  it('takes a file again that could not be read', () => {
    const { add, refuse, item, names, calls } = openTab();
    add('a');
    refuse('a', 'file_gone');
    add('a');
    expect(names()).toEqual(['a']);
    expect(calls).toEqual(['start a', 'start a']);
    expect(item('a')).toMatchObject({ state: 'sending', error: null });
  });

  it('lets go of a file without a line', async () => {
    const { uploads, add, item, names, calls } = openTab();
    add('a', 'b', 'c');
    await uploads.cancel(item('a'));
    expect(names()).toEqual(['b', 'c']);
    expect(calls).toEqual(['start a', 'start b', 'start c', 'cancel a']);
  });

  it('warns before a reload until each file has been described', async () => {
    const { uploads, add, arrive } = openTab();
    const leave = () => {
      const event = new Event('beforeunload', { cancelable: true });
      listeners.get('beforeunload')?.(event);
      return event.defaultPrevented;
    };
    expect(leave()).toBe(false);
    add('a');
    arrive('a');
    expect(leave()).toBe(true);
    uploads.release(['id of a']);
    expect(leave()).toBe(false);
  });
});

describe('another account', () => {
  it('neither sees nor goes on with what the one before had begun', async () => {
    const { uploads, add, signIn, names, calls } = openTab();
    add('a');
    uploads.form.draft.value.title = '分数';
    uploads.form.waiting.value = 'publish';
    signIn(null);
    expect(calls).toEqual(['start a', 'pause a']);
    signIn('li');
    expect(names()).toEqual([]);
    expect(uploads.form.draft.value.title).toBe('');
    expect(uploads.form.waiting.value).toBeNull();
    expect(calls).toEqual(['start a', 'pause a']);
  });

  it('is noticed when another tab has signed it in', async () => {
    const { add, isOwnerHere, signInElsewhere, names } = openTab();
    add('a');
    expect(await isOwnerHere('a')).toBe(true);
    signInElsewhere('li');
    expect(await isOwnerHere('a')).toBe(false);
    expect(names()).toEqual([]);
  });

  it('leaves the files of whoever signs in again on the list', () => {
    const { uploads, add, signIn, item, calls } = openTab();
    add('a');
    signIn(null);
    signIn('ma');
    uploads.resume(item('a'));
    expect(calls).toEqual(['start a', 'pause a', 'start a']);
  });
});

describe('a reload', () => {
  it('brings back what was sent and what was written, but for what the server no longer has', async () => {
    const before = openTab();
    before.add('a', 'b', 'c', 'd');
    for (const name of ['a', 'b', 'c']) before.arrive(name);
    before.uploads.form.draft.value.title = '分数';
    before.uploads.form.apart.value = true;
    await nextTick();
    before.uploads.release(['id of a']);
    await nextTick();

    const { uploads, add, item, names, signIn } = openTab(null, { gone: ['id of c'] });
    expect(names()).toEqual([]);
    signIn('ma');
    await vi.waitFor(() => expect(names()).toEqual(['b', 'd']));
    expect(item('b')).toMatchObject({ state: 'sent', fileId: 'id of b', sentBytes: 1 });
    expect(uploads.form.draft.value.title).toBe('分数');
    expect(uploads.form.apart.value).toBe(true);
    add('b');
    expect(names()).toEqual(['b', 'd']);
  });

  it('goes on with what was on its way once its file is chosen again', async () => {
    const before = openTab();
    before.add('a', 'b');
    before.arrive('a');
    await nextTick();
    const { uploads, add, item, names, arrive, calls } = openTab();
    expect(names()).toEqual(['a', 'b']);
    expect(item('b')).toMatchObject({ state: 'detached', fileId: null, sentBytes: 0 });
    await expect(uploads.whenSent([...uploads.items.value])).rejects.toMatchObject({ code: 'file_detached' });
    add('b');
    expect(names()).toEqual(['a', 'b']);
    expect(calls).toEqual(['start b']);
    arrive('b');
    const done = await uploads.whenSent([...uploads.items.value]);
    expect(done.map(({ fileId }) => fileId)).toEqual(['id of a', 'id of b']);
  });

  it('shows nothing of it to another account', async () => {
    const before = openTab();
    before.add('a');
    before.arrive('a');
    before.uploads.form.draft.value.title = '分数';
    await nextTick();
    const { uploads, names } = openTab('li');
    expect(names()).toEqual([]);
    expect(uploads.form.draft.value.title).toBe('');
  });

  it('works where storage is forbidden', async () => {
    vi.stubGlobal('sessionStorage', undefined);
    const { add, arrive, names } = openTab();
    add('a');
    arrive('a');
    await nextTick();
    expect(names()).toEqual(['a']);
  });
});
