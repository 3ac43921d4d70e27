import { createUnderstander, type FacetField, parseQuery, type Query, type Understander } from '../../search/index.ts';
import type { CatalogNames } from '../catalog/service.ts';
import { knownWords } from './known-words.ts';
import { type FacetName, facetNames, type SearchQuery } from './schema.ts';

/** A condition that was read out of the words; several words of one facet widen it. */
export interface ReadCondition {
  facet: FacetName;
  /** As they were typed. */
  words: string[];
  values: string[];
}

export interface Reading {
  /** What remains to be searched for. */
  query: Query;
  /** All that was typed, conditions among it. */
  typed: Query;
  conditions: ReadCondition[];
}

export type Reader = (query: SearchQuery, names: CatalogNames) => Reading;

/** Reads what was typed, by the words of the catalog as it is. */
export function createReader(): Reader {
  let made: { names: CatalogNames; understand: Understander } | undefined;

  return (query, names) => {
    if (made?.names !== names) made = { names, understand: createUnderstander(knownWords(names.list)) };
    // What has been chosen is not read out of the words as well.
    const plain = new Set<FacetField>([...query.plain, ...facetNames.filter((name) => query[name].length > 0)]);
    const typed = parseQuery(query.q);
    const { words, understood } = made.understand(typed.words, plain);
    const conditions = new Map<FacetName, ReadCondition>();
    for (const { field, word, values } of understood) {
      const one = conditions.get(field) ?? { facet: field, words: [], values: [] };
      one.words.push(word);
      one.values.push(...values.filter((value) => !one.values.includes(value)));
      conditions.set(field, one);
    }
    return { typed, query: { ...typed, words }, conditions: [...conditions.values()] };
  };
}
