import { type Ref, ref } from 'vue';

export interface ChosenFile {
  /** The `<input type="file">`, which may be hidden behind a button. */
  input: Ref<HTMLInputElement | undefined>;
  /** A file is held over the place where it may be dropped. */
  over: Ref<boolean>;
  onChange(): void;
  onDrop(event: DragEvent): void;
}

/** One file, by choice or by drop. `take` is told of it, and judges whether it is the time for one. */
export function useChosenFile(take: (file: File) => void): ChosenFile {
  const input = ref<HTMLInputElement>();
  const over = ref(false);
  function first(list: FileList | null | undefined): void {
    const chosen = list?.[0];
    if (chosen) take(chosen);
    // Choosing the same file again must be noticed: it may have been mended.
    if (input.value) input.value.value = '';
  }
  return {
    input,
    over,
    onChange: () => first(input.value?.files),
    onDrop(event) {
      over.value = false;
      first(event.dataTransfer?.files);
    },
  };
}
