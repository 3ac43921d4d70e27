import { PAGE_PARTS, type PageWord, type PageWords } from '../files/schema.ts';

/** A page of small print has some 2000; more is no text that anybody reads. */
const MOST_WORDS = 6000;
const LONGEST_WORD = 200;

const box = 'xMin="(-?[\\d.]+)" yMin="(-?[\\d.]+)" xMax="(-?[\\d.]+)" yMax="(-?[\\d.]+)"';
const pageLine = /^ *<page width="([\d.]+)" height="([\d.]+)">$/;
const lineLine = /^ *<line /;
const wordLine = new RegExp(`^ *<word ${box}>([^<>]*)</word>$`);

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" };

function readable(text: string): string {
  const plain = text
    .replaceAll(/&(amp|lt|gt|quot|apos|#39);/g, (whole, name: string) => entities[name] ?? whole)
    .replaceAll(/[\p{Cc}\p{Cs}\p{Co}]/gu, '');
  // By characters, so that none is cut in two.
  return plain.length > LONGEST_WORD ? [...plain].slice(0, LONGEST_WORD).join('') : plain;
}

interface Size {
  width: number;
  height: number;
}

/** Of a page that is to be turned, poppler names the size before the turn and the places after it. */
function asDrawn({ width, height }: Size, ratio = width / height): Size {
  const isTurned = Math.abs(Math.log(ratio / (height / width))) < Math.abs(Math.log(ratio / (width / height)));
  return isTurned ? { width: height, height: width } : { width, height };
}

/** null for a word of which nothing stands on the page. */
function placed(page: Size, edges: readonly number[], text: string): PageWord | null {
  const share = (value: number, whole: number) =>
    Math.round(Math.min(1, Math.max(0, whole > 0 ? value / whole : 0)) * PAGE_PARTS);
  const [xMin = 0, yMin = 0, xMax = 0, yMax = 0] = edges;
  const [x, y] = [share(xMin, page.width), share(yMin, page.height)];
  const [width, height] = [share(xMax, page.width) - x, share(yMax, page.height) - y];
  if (!(width > 0 && height > 0) || text.trim() === '') return null;
  return { text, x, y, width, height };
}

/**
 * Reads what `pdftotext -bbox-layout` prints, page by page in its order. It comes of an untrusted document: it is taken
 * line by line, only lines of exactly poppler's form count, and what is cut off in the middle is left out.
 * @param ratios width over height of the pages as they are drawn.
 */
export function readPageWords(xhtml: string, ratios: readonly number[]): PageWords[] {
  const pages: PageWords[] = [];
  let size: Size = { width: 0, height: 0 };
  let words = 0;
  for (const line of xhtml.split('\n')) {
    const page = pageLine.exec(line);
    if (page) {
      size = asDrawn({ width: Number(page[1]), height: Number(page[2]) }, ratios[pages.length]);
      words = 0;
      pages.push({ lines: [] });
      continue;
    }
    const lines = pages.at(-1)?.lines;
    if (lines === undefined) continue;
    if (lineLine.test(line)) {
      lines.push([]);
      continue;
    }
    const [, ...found] = wordLine.exec(line) ?? [];
    if (found.length === 0 || words >= MOST_WORDS) continue;
    const word = placed(size, found.slice(0, 4).map(Number), readable(found[4] ?? ''));
    if (word === null) continue;
    words += 1;
    lines.at(-1)?.push(word);
  }
  return pages.map(({ lines }) => ({ lines: lines.filter((one) => one.length > 0) }));
}
