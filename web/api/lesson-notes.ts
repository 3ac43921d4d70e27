import { accepted, answer, client } from './client.ts';

const notes = client['class-sessions'][':id'].notes;

export const listNotes = (id: string, signal?: AbortSignal) =>
  answer(notes.$get({ param: { id } }, { init: { signal } }));
export const createNote = (id: string, json: { atMs: number; text: string }) =>
  answer(notes.$post({ param: { id }, json }));
export const changeNote = (id: string, noteId: string, text: string) =>
  answer(notes[':noteId'].$patch({ param: { id, noteId }, json: { text } }));
export const deleteNote = (id: string, noteId: string) => accepted(notes[':noteId'].$delete({ param: { id, noteId } }));
