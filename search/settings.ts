import type { Settings } from 'meilisearch';
import { facetFields, filterFields } from './filters.ts';

/**
 * Part of the index's name. Raise it when documents get another shape: the next start finds no index of
 * this version and builds one, while processes of the version before still use theirs.
 */
export const documentVersion = 1;

const counted = new Set<string>(facetFields);

function filterable(attributes: readonly string[]) {
  return {
    attributePatterns: [...attributes],
    features: { facetSearch: false, filter: { equality: true, comparison: false } },
  };
}

/** A start compares these with the index's own and changes what differs. */
export const indexSettings = {
  // In the order in which a match counts.
  searchableAttributes: ['title', 'lesson', 'pinyin', 'words', 'description', 'schoolName'],
  filterableAttributes: [
    filterable(facetFields),
    filterable([...filterFields.filter((field) => !counted.has(field)), 'id']),
  ],
  // Meilisearch answers them in the order of the alphabet.
  sortableAttributes: ['downloads', 'publishedAt'],
  // `sort` stands first, because who asks for the newest wants the newest; it rests unless asked for.
  rankingRules: ['sort', 'words', 'typo', 'proximity', 'attribute', 'exactness', 'downloads:desc'],
  localizedAttributes: [
    { attributePatterns: ['title', 'lesson', 'words', 'description', 'schoolName'], locales: ['cmn'] },
  ],
  typoTolerance: {
    enabled: true,
    // One wrong letter makes another syllable, and a wrong digit another grade.
    disableOnAttributes: ['pinyin'],
    disableOnNumbers: true,
    disableOnWords: [],
    minWordSizeForTypos: { oneTypo: 5, twoTypos: 9 },
  },
  faceting: { maxValuesPerFacet: 200, sortFacetValuesBy: { '*': 'count' } },
  pagination: { maxTotalHits: 1000 },
} satisfies Settings;
