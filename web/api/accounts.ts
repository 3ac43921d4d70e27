import type { InferRequestType } from 'hono/client';
import { answer, client } from './client.ts';

export type NewAccount = InferRequestType<typeof client.accounts.$post>['json'];
export type AccountPatch = InferRequestType<(typeof client.accounts)[':id']['$patch']>['json'];

export const listAccounts = (query: { schoolId?: string; q?: string; cursor?: string }, signal?: AbortSignal) =>
  answer(client.accounts.$get({ query }, { init: { signal } }));
export const createAccount = (json: NewAccount) => answer(client.accounts.$post({ json }));
export const changeAccount = (id: string, json: AccountPatch) =>
  answer(client.accounts[':id'].$patch({ param: { id }, json }));
export const resetPassword = (id: string) => answer(client.accounts[':id'].password.$post({ param: { id } }));
