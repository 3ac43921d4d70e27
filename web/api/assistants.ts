import { answer, client } from './client.ts';

/** Of a room's machine: a code for its screen. */
export const inviteAssistant = (id: string, signal?: AbortSignal) =>
  answer(
    client['class-sessions'][':id']['assistant-invitation'].$post(
      { param: { id } },
      { headers: { 'tongke-as': 'device' }, init: { signal } },
    ),
  );
/** By the code of a screen, or the pass that came with it. */
export const joinAsAssistant = (code: string) => answer(client.assistants.$post({ json: { code } }));
