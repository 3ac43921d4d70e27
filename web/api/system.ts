import { answer, client } from './client.ts';

export const readSystemStatus = (signal?: AbortSignal) => answer(client.system.status.$get({}, { init: { signal } }));
export const listDeadJobs = (signal?: AbortSignal) => answer(client.system.jobs.dead.$get({}, { init: { signal } }));
export const retryJob = (id: string) => answer(client.system.jobs[':id'].retry.$post({ param: { id } }));

/** The root certificate of the server's own authority, for browsers that are to trust its HTTPS. */
export const authorityAddress = '/api/authority.crt';

/** Whether the server has an authority of its own; it has none when it was given a certificate. */
export async function hasAuthority(signal: AbortSignal): Promise<boolean> {
  const response = await fetch(authorityAddress, { method: 'HEAD', signal });
  return response.ok;
}
