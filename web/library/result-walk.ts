import { nextTick, type Ref } from 'vue';

export interface WalkOptions {
  /** Where the results are; each is focused at its `data-result`. */
  list: Readonly<Ref<HTMLElement | undefined>>;
  hasMore(): boolean;
  more(): Promise<void>;
  /** Above the first result. */
  leaveUp(): void;
  /** Space: a look into the result that has the focus. */
  look(): void;
}

/** The arrows walk the results, from the search box through all pages of them. */
export function useResultWalk({ list, hasMore, more, leaveUp, look }: WalkOptions) {
  const links = (): HTMLElement[] => Array.from(list.value?.querySelectorAll<HTMLElement>('[data-result]') ?? []);

  async function down(at: number): Promise<void> {
    if (at === links().length - 1 && hasMore()) {
      await more();
      await nextTick();
    }
    links()[at + 1]?.focus();
  }

  return {
    first: () => links()[0]?.focus(),
    async onKey(event: KeyboardEvent): Promise<void> {
      const all = links();
      const at = all.findIndex((link) => link.matches(':focus'));
      if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
      if (![' ', 'ArrowDown', 'ArrowUp'].includes(event.key)) return;
      event.preventDefault();
      if (event.key === ' ') look();
      else if (event.key === 'ArrowDown') await down(at);
      else if (at === 0) leaveUp();
      else all[at - 1]?.focus();
    },
  };
}
