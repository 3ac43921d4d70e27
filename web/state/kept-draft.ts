import { useAccount } from './session.ts';
import { recall, remember } from './tab-memory.ts';

/** What somebody typed into a form and has not saved. This tab keeps it over other pages, a reload and a sign-in that has run out. */
export interface KeptDraft<T> {
  /** As this account left it; null when there is nothing. On a shared computer nobody is shown what another person typed. */
  left(): T | null;
  keep(draft: T): void;
  forget(): void;
}

/** @param form names the form and what is changed with it */
export function useKeptDraft<T>(form: string): KeptDraft<T> {
  const owner = useAccount().value.id;
  return keptDraft(form, owner);
}

export function keptDraft<T>(form: string, owner: string): KeptDraft<T> {
  const name = `draft.${form}`;
  return {
    left() {
      const found = recall(name) as { owner: string; draft: T } | null;
      return found?.owner === owner ? found.draft : null;
    },
    keep: (draft) => remember(name, { owner, draft }),
    forget: () => remember(name, null),
  };
}
