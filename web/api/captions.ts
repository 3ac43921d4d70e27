import { accepted, answer, client } from './client.ts';
import type { Captions } from './types.ts';

export type CaptionKind = Captions['kind'];
export interface NewCaptions {
  kind: CaptionKind;
  /** BCP 47 */
  language: string;
  label: string;
}

export const listCaptions = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].captions.$get({ param: { id } }, { init: { signal } }));
export const readCaptions = (id: string, trackId: string, signal?: AbortSignal) =>
  answer(client.files[':id'].captions[':trackId'].$get({ param: { id, trackId } }, { init: { signal } }));
export const deleteCaptions = (id: string, trackId: string) =>
  answer(client.files[':id'].captions[':trackId'].$delete({ param: { id, trackId } }));

export function changeCaptions(
  id: string,
  { id: trackId, kind, language, label, cues, revision }: Omit<Captions, 'updatedAt'>,
): Promise<Captions> {
  const json = { kind, language, label, cues, revision };
  return answer(client.files[':id'].captions[':trackId'].$put({ param: { id, trackId }, json }));
}

/** The bytes go as they are, because only the server can tell their encoding; the typed client would send text. */
export async function addCaptions(id: string, named: NewCaptions, content: Blob): Promise<Captions> {
  const query = new URLSearchParams({ ...named });
  const sending = fetch(`/api/files/${id}/captions?${query}`, {
    method: 'POST',
    headers: { 'content-type': 'text/vtt' },
    body: content,
  });
  return (await accepted(sending)).json();
}
