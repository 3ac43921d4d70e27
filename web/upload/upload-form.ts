import { type Ref, ref, watch } from 'vue';
import { emptyDraft, type ResourceDraft } from '../resource/draft.ts';
import { readSetting } from '../state/settings.ts';
import { recall, remember } from '../state/tab-memory.ts';

/** What someone writes about the files on their way. It stays while other pages are open, and over a reload. */
export interface UploadForm {
  draft: Ref<ResourceDraft>;
  /** Each file becomes a resource of its own. */
  apart: Ref<boolean>;
  /** What is done as soon as all is sent. */
  waiting: Ref<'publish' | 'draft' | null>;
  /** The title that came from a file's name; one that a person wrote is not replaced. */
  suggested: Ref<string>;
  /** From now on it is this account's: empty, or as the account left it before a reload. */
  open(owner: string): void;
  clear(): void;
}

interface Kept {
  owner: string;
  draft: ResourceDraft;
  apart: boolean;
  suggested: string;
}

const memory = 'upload-draft';

/** On a shared computer nobody is shown what another person wrote. */
function keptOf(owner: string): Partial<Kept> {
  const found = recall(memory);
  const isOwn = typeof found === 'object' && found !== null && 'owner' in found && found.owner === owner;
  return isOwn ? (found as Partial<Kept>) : {};
}

export function createUploadForm(): UploadForm {
  // A teacher's next file most often belongs to the same textbook.
  const fresh = (): ResourceDraft => ({ ...emptyDraft(), nodeId: readSetting('place') });
  const draft = ref(fresh());
  const apart = ref(false);
  const suggested = ref('');
  const waiting: UploadForm['waiting'] = ref(null);
  let owner: string | null = null;

  function fill(kept: Partial<Kept>): void {
    draft.value = { ...fresh(), ...kept.draft };
    apart.value = kept.apart ?? false;
    suggested.value = kept.suggested ?? '';
  }
  watch(
    [draft, apart, suggested],
    () => {
      if (owner === null) return;
      const kept: Kept = { owner, draft: draft.value, apart: apart.value, suggested: suggested.value };
      remember(memory, kept);
    },
    { deep: true },
  );
  return {
    draft,
    apart,
    waiting,
    suggested,
    open(next) {
      owner = next;
      waiting.value = null;
      fill(keptOf(next));
    },
    clear: () => fill({}),
  };
}
