import { computed, ref, watch } from 'vue';
import { changeNote, createNote, deleteNote, listNotes } from '../api/lesson-notes.ts';
import { ApiError } from '../api/problem.ts';
import type { LessonNote } from '../api/types.ts';
import { useAction } from '../state/action.ts';
import { useLoad } from '../state/load.ts';
import { recall, remember } from '../state/tab-memory.ts';

interface Draft {
  text: string;
  atMs: number;
}

function draftIn(kept: unknown): Draft {
  const { text, atMs } = (kept ?? {}) as Partial<Draft>;
  return typeof text === 'string' && typeof atMs === 'number' ? { text, atMs } : { text: '', atMs: 0 };
}

/**
 * What the reader writes down of a lesson or its recording. A note belongs to the moment at which its first letter was
 * written; what is not kept yet outlives a reload.
 */
export function useNotes(classSessionId: string, now: () => number) {
  const load = useLoad((signal) => listNotes(classSessionId, signal));
  const draftName = `notes.${classSessionId}`;
  const draft = ref(draftIn(recall(draftName)));
  const notes = computed(() => load.data.value?.items ?? []);
  const sorted = (items: LessonNote[]): LessonNote[] => [...items].sort((a, b) => a.atMs - b.atMs);

  function put(note: LessonNote): void {
    load.data.value = { items: sorted([...notes.value.filter(({ id }) => id !== note.id), note]) };
  }
  const save = useAction(async () => {
    const text = draft.value.text.trim();
    if (text === '') return;
    put(await createNote(classSessionId, { text, atMs: draft.value.atMs }));
    draft.value = { text: '', atMs: 0 };
  });
  const change = useAction(async (id: string, text: string) => put(await changeNote(classSessionId, id, text)));
  const remove = useAction(async (id: string) => {
    await deleteNote(classSessionId, id);
    load.data.value = { items: notes.value.filter((note) => note.id !== id) };
  });
  watch(draft, (kept) => remember(draftName, kept.text === '' ? null : kept), { deep: true });

  return {
    notes,
    draft,
    /** The lesson is not the reader's to see: a recording can be seen by more people. */
    foreign: computed(() => load.error.value instanceof ApiError && load.error.value.status === 404),
    fault: computed(() => load.error.value ?? save.error.value ?? change.error.value ?? remove.error.value),
    write(text: string): void {
      if (draft.value.text === '') draft.value.atMs = Math.max(0, Math.round(now()));
      draft.value.text = text;
    },
    save,
    change,
    remove,
  };
}
