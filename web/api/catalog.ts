import { accepted, answer, client } from './client.ts';
import type { CatalogImport } from './types.ts';

export const listCatalogNodes = (parentId: string | null, signal?: AbortSignal) =>
  answer(client.catalog.nodes.$get({ query: parentId ? { parentId } : {} }, { init: { signal } }));
export const readCatalogNode = (id: string, signal?: AbortSignal) =>
  answer(client.catalog.nodes[':id'].$get({ param: { id } }, { init: { signal } }));
export const findLessons = (q: string, signal: AbortSignal) =>
  answer(client.catalog.lessons.$get({ query: { q } }, { init: { signal } }));

/** The bytes go as they are, because only the server can tell a table's encoding; the typed client would send text. */
export async function importCatalog(table: Blob, options: { dryRun: boolean }): Promise<CatalogImport> {
  const sending = fetch(`/api/catalog/import?dryRun=${options.dryRun}`, {
    method: 'POST',
    headers: { 'content-type': table.type || 'text/tab-separated-values' },
    body: table,
  });
  return (await accepted(sending)).json();
}
