/**
 * Documents in pieces of so many bytes of JSON at most; one that is larger by itself is a piece of its own. Meilisearch
 * refuses more than 100 MB at once, and a batch that it refuses would be brought again for ever.
 */
export function* inPieces<T>(documents: readonly T[], mostBytes: number): Generator<T[]> {
  let piece: T[] = [];
  let bytes = 0;
  for (const document of documents) {
    const size = Buffer.byteLength(JSON.stringify(document));
    if (piece.length > 0 && bytes + size > mostBytes) {
      yield piece;
      [piece, bytes] = [[], 0];
    }
    piece.push(document);
    bytes += size;
  }
  if (piece.length > 0) yield piece;
}
