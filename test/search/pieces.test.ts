import { expect, it } from 'vitest';
import { inPieces } from '../../search/pieces.ts';

it('keeps the order, and to the size as far as single documents do', () => {
  const sized = (bytes: number) => '字'.repeat((bytes - 2) / 3);
  const documents = [sized(5), sized(5), sized(8), sized(20), sized(2), sized(5)];
  expect([...inPieces(documents, 10)]).toEqual([[sized(5), sized(5)], [sized(8)], [sized(20)], [sized(2), sized(5)]]);
  expect([...inPieces([], 10)]).toEqual([]);
});
