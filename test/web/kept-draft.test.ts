import { afterEach, describe, expect, it, vi } from 'vitest';
import { keptDraft } from '../../web/state/kept-draft.ts';

const pages = () => {
  const items = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => items.set(key, value),
    removeItem: (key: string) => items.delete(key),
  });
  return items;
};

describe('what was typed and not saved', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is there when its account comes back to the form, until it is saved or discarded', () => {
    const items = pages();
    keptDraft('resource.1', 'li').keep({ title: '分数' });
    expect(keptDraft('resource.1', 'li').left()).toEqual({ title: '分数' });
    expect(keptDraft('resource.2', 'li').left()).toBeNull();
    keptDraft('resource.1', 'li').forget();
    expect(keptDraft('resource.1', 'li').left()).toBeNull();
    expect(items.size).toBe(0);
  });

  it('is shown to nobody else on the same computer', () => {
    pages();
    keptDraft('resource.1', 'li').keep({ title: '分数' });
    expect(keptDraft('resource.1', 'wang').left()).toBeNull();
  });

  it('is nothing where nothing can be remembered', () => {
    vi.stubGlobal('sessionStorage', undefined);
    keptDraft('resource.1', 'li').keep({ title: '分数' });
    expect(keptDraft('resource.1', 'li').left()).toBeNull();
  });
});
