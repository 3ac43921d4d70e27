import { answer, client } from './client.ts';

export const readFile = (id: string, signal?: AbortSignal) =>
  answer(client.files[':id'].$get({ param: { id } }, { init: { signal } }));
export const deleteFile = (id: string) => answer(client.files[':id'].$delete({ param: { id } }));

/** Addresses that the browser itself loads: `src` and `href`. */
export const fileAddress = {
  content: (id: string): string => `/api/files/${id}/content?disposition=inline`,
  download: (id: string): string => `/api/files/${id}/content?disposition=attachment`,
  page: (id: string, page: number, width: 320 | 640 | 1280): string => `/api/files/${id}/pages/${page}?width=${width}`,
  thumbnail: (id: string, width: 160 | 320 | 640): string => `/api/files/${id}/thumbnail?width=${width}`,
  poster: (id: string): string => `/api/files/${id}/poster`,
};
