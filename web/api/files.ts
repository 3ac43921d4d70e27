import { accepted, answer, client } from './client.ts';

export const readFile = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].$get({ param: { id } }, { init: { signal } }));
export const readPageShapes = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].pages.$get({ param: { id } }, { init: { signal } }));
export const readContents = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].contents.$get({ param: { id } }, { init: { signal } }));
export const readPageWords = (id: string, page: number, signal?: AbortSignal) =>
  answer(client.files[':id'].pages[':n'].text.$get({ param: { id, n: String(page) } }, { init: { signal } }));
export const readRenditions = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].renditions.$get({ param: { id } }, { init: { signal } }));
export const readWaveform = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].waveform.$get({ param: { id } }, { init: { signal } }));
/** The rest of a file from this byte on, through the server, so that each part is given only to whoever may still have it. */
export const readContentFrom = (id: string, from: number, signal: AbortSignal): Promise<Response> =>
  accepted(
    fetch(`/api/files/${id}/content?disposition=attachment&proxy`, {
      headers: { range: `bytes=${from}-` },
      // It would drive scripts and pages out of the browser's cache.
      cache: 'no-store',
      signal,
    }),
  );
export const deleteFile = (id: string) => answer(client.files[':id'].$delete({ param: { id } }));

/** In pixels; the server makes no others. */
export type PreviewWidth = 160 | 320 | 480 | 640 | 960 | 1280;

/** Of the widths given, the browser takes what suits the screen and the size that it is shown at. */
export function sourceSet(address: (width: PreviewWidth) => string, widths: readonly PreviewWidth[]): string {
  return widths.map((width) => `${address(width)} ${width}w`).join(', ');
}

/** Addresses that the browser itself loads: `src` and `href`. */
export const fileAddress = {
  content: (id: string): string => `/api/files/${id}/content?disposition=inline`,
  rendition: (id: string, name: '360p' | '720p' | 'audio'): string => `/api/files/${id}/renditions/${name}`,
  download: (id: string): string => `/api/files/${id}/content?disposition=attachment`,
  page: (id: string, page: number, width: PreviewWidth): string => `/api/files/${id}/pages/${page}?width=${width}`,
  thumbnail: (id: string, width: PreviewWidth): string => `/api/files/${id}/thumbnail?width=${width}`,
  sprite: (id: string): string => `/api/files/${id}/sprite`,
  captions: (id: string, trackId: string, revision: number): string =>
    `/api/files/${id}/captions/${trackId}/vtt?revision=${revision}`,
  poster: (id: string): string => `/api/files/${id}/poster`,
};
