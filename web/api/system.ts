import { answer, client } from './client.ts';

export const readSystemStatus = (signal?: AbortSignal) => answer(client.system.status.$get({}, { init: { signal } }));
export const listUndone = (signal?: AbortSignal) => answer(client.system.undone.$get({}, { init: { signal } }));
export const retryUndone = (kind: 'document' | 'job', id: string) =>
  answer(client.system.undone[':kind'][':id'].retry.$post({ param: { kind, id } }));

/** The root certificate of the server's own authority, for browsers that are to trust its HTTPS. */
export const authorityAddress = '/api/authority.crt';

/** Whether the server has an authority of its own; it has none when it was given a certificate. */
export async function hasAuthority(signal: AbortSignal): Promise<boolean> {
  const response = await fetch(authorityAddress, { method: 'HEAD', signal });
  return response.ok;
}
