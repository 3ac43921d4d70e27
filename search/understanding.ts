import type { FacetField } from './filters.ts';

/** A word that stands for values of a field: 五年级 for g5, 人教版 for every edition of that name. */
export interface KnownWord {
  word: string;
  field: FacetField;
  values: readonly string[];
  /**
   * Whether it means this also within a longer word, as 五年级 in 五年级草船借箭 does. 数学 in 数学广角 and 小学 in 小学生
   * do not: they count alone or beside another known word.
   */
  sure: boolean;
}

/** A word of a query that was taken for a condition. */
export interface Understood {
  /** As it was typed. */
  word: string;
  field: FacetField;
  values: readonly string[];
}

export interface Understanding {
  /** What remains to be searched for. */
  words: string;
  understood: readonly Understood[];
}

/** @param plain fields whose words stay words. */
export type Understander = (words: string, plain: ReadonlySet<FacetField>) => Understanding;

interface Piece {
  text: string;
  meanings: readonly KnownWord[];
  /** Whether it means more than it may be taken for, so that it has to be searched for as well. */
  isAlsoWord?: boolean;
}

/** These may begin a longer word; a kind only ends it: 五年级草船借箭课件. */
const leading = new Set<FacetField>(['stage', 'edition', 'grade', 'volume', 'subject']);

// How people ask, around what they ask for.
const asking = /^(?:请问|(?:我想|我要|想要?|帮我)(?:找|要|看)|有没有)?(?:一份|一个|一些|一节|几个)?/u;
const askedFor = /的?(?:有哪些|有什么|有没有|怎么办|怎么[讲教上做]|是什么|是怎样的)$/u;

const normal = (text: string) => text.normalize('NFKC').toLowerCase();
const latin = /[a-z0-9]/;

/**
 * Reads conditions out of what was typed. A word counts when it stands alone, or at the beginning or the end of a
 * longer one, as in 人教版五年级草船借箭课件.
 */
export function createUnderstander(known: readonly KnownWord[]): Understander {
  const byWord = new Map<string, KnownWord[]>();
  for (const one of known) {
    const word = normal(one.word);
    byWord.set(word, [...(byWord.get(word) ?? []), one]);
  }
  const longest = Math.max(0, ...[...byWord.keys()].map((word) => word.length));

  function meaningsAt(text: string, start: number): Piece | null {
    for (let end = Math.min(text.length, start + longest); end > start; end--) {
      const part = text.slice(start, end);
      const meanings = byWord.get(part);
      if (meanings) return { text: part, meanings };
    }
    return null;
  }

  /** Known words and what stands between them. */
  function piecesOf(token: string): Piece[] {
    const pieces: Piece[] = [];
    let unknown = '';
    for (let at = 0; at < token.length; ) {
      const found = meaningsAt(token, at);
      // A Latin word or a number is known as a whole or not at all.
      const cutsIn = latin.test(token[at - 1] ?? '') && latin.test(token[at] ?? '');
      const end = at + (found?.text.length ?? 0);
      const cutsOff = latin.test(token[end - 1] ?? '') && latin.test(token[end] ?? '');
      if (found === null || cutsIn || cutsOff) {
        unknown += token[at++] ?? '';
        continue;
      }
      if (unknown !== '') pieces.push({ text: unknown, meanings: [] });
      unknown = '';
      pieces.push(found);
      at += found.text.length;
    }
    if (unknown !== '') pieces.push({ text: unknown, meanings: [] });
    return pieces;
  }

  const isKnown = (piece: Piece | undefined) => piece !== undefined && piece.meanings.length > 0;
  const isLeading = (piece: Piece) => piece.meanings.some(({ field }) => leading.has(field));
  const areConditions = (some: readonly Piece[]) =>
    some.length > 1 || some.some((piece) => piece.meanings.some(({ sure }) => sure));

  /** How many pieces from the start, and how many from the end, are conditions. */
  function edgesOf(pieces: readonly Piece[]): { head: number; tail: number } {
    let head = 0;
    while (head < pieces.length && isKnown(pieces[head])) head++;
    if (head === pieces.length) return { head, tail: 0 };
    const beginning = pieces.slice(0, head);
    if (!beginning.every(isLeading) || !areConditions(beginning)) head = 0;
    let tail = 0;
    while (isKnown(pieces[pieces.length - 1 - tail])) tail++;
    if (!areConditions(pieces.slice(pieces.length - tail))) tail = 0;
    return { head, tail };
  }

  return (words, plain) => {
    const rest: string[] = [];
    const understood: Understood[] = [];
    for (const typed of words.split(/\s+/u).filter(Boolean)) {
      const asked = typed.replace(asking, '').replace(askedFor, '') || typed;
      const pieces = piecesOf(normal(asked)).map((piece) => ({
        ...piece,
        meanings: piece.meanings.filter(({ field }) => !plain.has(field)),
        isAlsoWord: piece.meanings.some(({ field }) => plain.has(field)),
      }));
      const { head, tail } = edgesOf(pieces);
      const kept = pieces.slice(head, pieces.length - tail);
      for (const { text, meanings, isAlsoWord } of [...pieces.slice(0, head), ...pieces.slice(pieces.length - tail)]) {
        for (const { field, values } of meanings) understood.push({ word: text, field, values });
        if (isAlsoWord) rest.push(text);
      }
      const unknown = kept.length === pieces.length ? asked : kept.map(({ text }) => text).join('');
      // 三年级的分数 leaves 的分数.
      const bare = kept.length === pieces.length ? unknown : unknown.replaceAll(/^的|的$/gu, '');
      if (bare !== '') rest.push(bare);
    }
    return { words: rest.join(' '), understood };
  };
}
