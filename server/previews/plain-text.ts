import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withinTime } from './deadline.ts';
import type { createDocumentPreviews } from './documents.ts';
import { codeOf, type Findings, PreviewProblem, type Tools } from './preview.ts';
import { decodeText, pageTextsForSearch, textForSearch } from './text.ts';

const MiB = 1024 ** 2;
const WORDS_BYTES = MiB;
/** Nine megabytes are set in a quarter of a minute; short lines take longer, as each makes more of a page. */
const MOST_BYTES = 8 * MiB;
const MOST_LINES = 100_000;

/** What is said by a text that has no pages: as much of its beginning as the search keeps. */
export async function readWords({ source }: Pick<Tools, 'source'>): Promise<string[]> {
  const file = await open(source);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(WORDS_BYTES), 0, WORDS_BYTES, 0);
    const text = decodeText(buffer.subarray(0, bytesRead), bytesRead === WORDS_BYTES);
    return text === null ? [] : [textForSearch(text)];
  } finally {
    await file.close();
  }
}

const tooMuch = (reason: string) => new PreviewProblem('file_too_complex', { cause: new Error(reason) });

async function readWhole({ source }: Pick<Tools, 'source'>): Promise<string> {
  const { size } = await stat(source);
  if (size > MOST_BYTES) throw tooMuch(`more than ${MOST_BYTES} bytes`);
  const text = decodeText(await readFile(source), false);
  // It began as one, and goes on as something else.
  if (text === null) throw new PreviewProblem('preview_failed');
  const plain = text.replaceAll(/\r\n?|\f/g, '\n');
  let lines = 0;
  for (let at = plain.indexOf('\n'); at !== -1; at = plain.indexOf('\n', at + 1)) lines += 1;
  if (lines > MOST_LINES) throw tooMuch(`more than ${MOST_LINES} lines`);
  return plain;
}

/**
 * The text itself, by the pages that it was set on: a page breaks lines where its edge is, and a word that goes on in the
 * next one would not be found. Pages are counted in characters that are no blanks, which setting leaves as they are.
 * @param printed of the pages, each with a form feed behind it.
 */
export function spreadOverPages(text: string, printed: string, totalPages: number): string[] {
  const pages = printed.split('\f').slice(0, -1);
  const characters = text.matchAll(/\S/gu);
  let from = 0;
  return pages.map((page, index) => {
    const start = from;
    // What setting left out or put in must not cost the end of the text.
    if (index + 1 === totalPages) return text.slice(start);
    for (let left = page.replaceAll(/\s/gu, '').length; left > 0; ) {
      const { value } = characters.next();
      if (value === undefined) break;
      left -= value[0].length;
      from = value.index + value[0].length;
    }
    return text.slice(start, from);
  });
}

/** Sets a text in pages, in whichever of the encodings of Chinese schools it is written. */
export function createTextPreviews({ previewText }: Pick<ReturnType<typeof createDocumentPreviews>, 'previewText'>) {
  return async (tools: Tools): Promise<Findings> => {
    try {
      const text = await readWhole(tools);
      const source = join(tools.folder, 'text.txt');
      await writeFile(source, text);
      const readPages = (printed: string, totalPages: number) =>
        pageTextsForSearch(spreadOverPages(text, printed, totalPages).join('\f'));
      return await withinTime({ ...tools, source }, (timed) => previewText(timed, readPages));
    } catch (error) {
      const fault = codeOf(error);
      if (fault === null) throw error;
      return { pageTexts: await readWords(tools), fault };
    }
  };
}
