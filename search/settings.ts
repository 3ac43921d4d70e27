import type { Settings } from 'meilisearch';
import { facetFields, filterFields } from './filters.ts';
import type { Vocabulary } from './search-index.ts';

/**
 * Part of the index's name. Raise it when documents get another shape: the next start finds no index of
 * this version and builds one, while processes of the version before still use theirs.
 */
export const documentVersion = 2;

const counted = new Set<string>(facetFields);

function filterable(attributes: readonly string[]) {
  return {
    attributePatterns: [...attributes],
    features: { facetSearch: false, filter: { equality: true, comparison: false } },
  };
}

const fixedSettings = {
  // In the order in which a match counts.
  searchableAttributes: [
    'title',
    'lesson',
    'pinyin',
    'words',
    'parts',
    'description',
    'schoolName',
    'text',
    'lessonPinyin',
  ],
  filterableAttributes: [
    filterable(facetFields),
    filterable([...filterFields.filter((field) => !counted.has(field)), 'id']),
  ],
  // Meilisearch answers them in the order of the alphabet.
  sortableAttributes: ['downloads', 'publishedAt'],
  // `sort` stands first, because who asks for the newest wants the newest; it rests unless asked for.
  rankingRules: ['sort', 'words', 'typo', 'proximity', 'attribute', 'exactness', 'downloads:desc'],
  localizedAttributes: [
    {
      attributePatterns: ['title', 'lesson', 'words', 'parts', 'description', 'schoolName', 'text'],
      locales: ['cmn'],
    },
  ],
  typoTolerance: {
    enabled: true,
    // One wrong letter makes another syllable, and a wrong digit another grade.
    disableOnAttributes: ['lessonPinyin', 'pinyin'],
    disableOnNumbers: true,
    disableOnWords: [],
    minWordSizeForTypos: { oneTypo: 5, twoTypos: 9 },
  },
  faceting: { maxValuesPerFacet: 200, sortFacetValuesBy: { '*': 'count' } },
  pagination: { maxTotalHits: 1000 },
  // They say how something is asked, not what for.
  stopWords: ['了', '什么', '吗', '呢', '哪些', '如何', '怎么', '怎么办', '怎样', '总是', '的', '请问'],
} satisfies Settings;

/** A start compares these with the index's own and changes what differs. */
export function indexSettings({ synonyms, dictionary }: Vocabulary): Settings {
  const others = new Map<string, Set<string>>();
  for (const group of synonyms.map((words) => words.map((word) => word.toLowerCase()))) {
    for (const word of group) {
      const known = others.get(word) ?? new Set();
      for (const other of group) if (other !== word) known.add(other);
      others.set(word, known);
    }
  }
  return {
    ...fixedSettings,
    synonyms: Object.fromEntries([...others].map(([word, known]) => [word, [...known].toSorted()])),
    dictionary: [...new Set(dictionary)].toSorted(),
  };
}
