import { type Ref, ref, watch } from 'vue';
import { emptyDraft, type ResourceDraft } from '../resource/draft.ts';
import { readSetting } from '../state/settings.ts';

/** What someone writes about the files on their way. It stays while other pages are open, and over a reload. */
export interface UploadForm {
  draft: Ref<ResourceDraft>;
  /** Each file becomes a resource of its own. */
  apart: Ref<boolean>;
  /** What is done as soon as all is sent. */
  waiting: Ref<'publish' | 'draft' | null>;
  /** The title that came from a file's name; one that a person wrote is not replaced. */
  suggested: Ref<string>;
  clear(): void;
}

const key = 'tongke.upload-draft';

function stored(): Partial<ResourceDraft> {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(key) ?? '{}');
    return typeof found === 'object' && found !== null ? found : {};
  } catch {
    return {};
  }
}

function store(draft: ResourceDraft | null): void {
  try {
    if (draft) sessionStorage.setItem(key, JSON.stringify(draft));
    else sessionStorage.removeItem(key);
  } catch {
    // Where storage is forbidden the draft lasts as long as the page.
  }
}

export function createUploadForm(): UploadForm {
  // A teacher's next file most often belongs to the same textbook.
  const fresh = (): ResourceDraft => ({ ...emptyDraft(), nodeId: readSetting('place') });
  const draft = ref<ResourceDraft>({ ...fresh(), ...stored() });
  const form: UploadForm = {
    draft,
    apart: ref(false),
    waiting: ref(null),
    suggested: ref(''),
    clear() {
      draft.value = fresh();
      form.apart.value = false;
      form.suggested.value = '';
      store(null);
    },
  };
  watch(draft, (value) => store(value), { deep: true });
  return form;
}
