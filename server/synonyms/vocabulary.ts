import type { Vocabulary } from '../../search/index.ts';
import type { CatalogService } from '../catalog/service.ts';
import type { SynonymService } from './service.ts';

/** What the search index is to know about words: the administrators' synonyms and the words of the catalog. */
export function createVocabulary({
  synonyms,
  catalog,
}: {
  synonyms: Pick<SynonymService, 'list'>;
  catalog: Pick<CatalogService, 'words'>;
}): () => Promise<Vocabulary> {
  return async () => {
    const [groups, dictionary] = await Promise.all([synonyms.list(), catalog.words()]);
    return { synonyms: groups.map(({ words }) => words), dictionary };
  };
}
