import type { InferRequestType } from 'hono/client';
import { accepted, answer, client } from './client.ts';
import type { StaffListPreview } from './types.ts';

export type NewAccount = InferRequestType<typeof client.accounts.$post>['json'];
export type AccountPatch = InferRequestType<(typeof client.accounts)[':id']['$patch']>['json'];

export const listAccounts = (query: { schoolId?: string; q?: string; cursor?: string }, signal?: AbortSignal) =>
  answer(client.accounts.$get({ query }, { init: { signal } }));
export const createAccount = (json: NewAccount) => answer(client.accounts.$post({ json }));
export const changeAccount = (id: string, json: AccountPatch) =>
  answer(client.accounts[':id'].$patch({ param: { id }, json }));
export const resetPassword = (id: string) => answer(client.accounts[':id'].password.$post({ param: { id } }));

/** What a list of people would bring. Its bytes go as they are, because only the server can tell a table's encoding. */
export async function previewStaffList(table: Blob, schoolId: string, signal?: AbortSignal): Promise<StaffListPreview> {
  const query = schoolId ? `?${new URLSearchParams({ schoolId })}` : '';
  const sending = fetch(`/api/staff-list-previews${query}`, {
    method: 'POST',
    headers: { 'content-type': table.type || 'text/tab-separated-values' },
    body: table,
    ...(signal ? { signal } : {}),
  });
  return (await accepted(sending)).json();
}
