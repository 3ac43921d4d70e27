import type zh from '../zh-CN/library.ts';

const library: typeof zh = {
  search: 'Search the library',
  placeholder: 'A lesson, a topic or pinyin, such as 分数 or fenshu',
  clearWords: 'Clear the words',
  removeCondition: 'Remove the condition {name}',
  hint: '/ searches, ↑↓ walk, Enter opens, Space previews',
  kinds: 'Kinds',
  filters: 'Filters',
  results: 'Results',
  catalog: 'Textbook catalog',
  wholeCatalog: 'All stages',
  catalogFailed: 'The catalog did not open.',
  found: 'Nothing found in {ms} ms | {n} result in {ms} ms | {n} results in {ms} ms',
  show: 'No results | Show {n} result | Show {n} results',
  degraded:
    'The search service is recovering and the database answers: results may be incomplete and pinyin is not understood.',
  sort: { title: 'Sort by', relevance: 'Best match', newest: 'Newest', popular: 'Most used' },
  facet: { more: '{n} more', fewer: 'Fewer' },
  row: {
    noPlace: 'Not placed in the catalog',
    preview: 'Preview {title}',
    played: 'not played | played once | played {n} times',
    downloaded: 'not downloaded | downloaded once | downloaded {n} times',
  },
  peek: 'Preview',
  preview: 'Preview',
  openResource: 'Open the resource',
  empty: {
    title: 'Nothing found',
    words: 'Try other words, or take some conditions off. Pinyin works too.',
    clear: 'Take all conditions off',
  },
  bare: {
    title: 'The library is still empty',
    words: 'Upload the first lesson plan or microlecture, and the teachers of the alliance will find it.',
  },
  live: {
    title: 'Live now',
    toRooms: '{school} → no room | {school} → {n} room | {school} → {n} rooms',
    since: '{span} so far',
    enter: 'Watch',
    back: 'Back to the lesson',
  },
};

export default library;
