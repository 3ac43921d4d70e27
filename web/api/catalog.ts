import { answer, client } from './client.ts';
import { ApiError, refusalOf } from './problem.ts';
import type { CatalogImport } from './types.ts';

export const listCatalogNodes = (parentId: string | null, signal?: AbortSignal) =>
  answer(client.catalog.nodes.$get({ query: parentId ? { parentId } : {} }, { init: { signal } }));
export const readCatalogNode = (id: string, signal?: AbortSignal) =>
  answer(client.catalog.nodes[':id'].$get({ param: { id } }, { init: { signal } }));

/** The bytes go as they are, because only the server can tell a table's encoding; the typed client would send text. */
export async function importCatalog(table: Blob): Promise<CatalogImport> {
  const response = await fetch('/api/catalog/import', {
    method: 'POST',
    headers: { 'content-type': 'text/tab-separated-values' },
    body: table,
  }).catch((cause: unknown) => {
    throw new ApiError('offline', 0, null, cause);
  });
  if (!response.ok) throw await refusalOf(response);
  return response.json();
}
