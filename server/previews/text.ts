/** Characters that no text holds: controls other than tab, line ends, form feed and escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const binary = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;
/** Of four bytes at most, the last character may be cut off. */
const CUT_OFF_BYTES = 3;

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * Reads bytes as text: by their byte order mark, as UTF-8, or as GB 18030, which Chinese Windows writes.
 * @param isCut whether more follows, so that the last character may be a part of one.
 * @returns null for what is no text.
 */
export function decodeText(bytes: Uint8Array, isCut: boolean): string | null {
  const [first, second] = bytes;
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : null;
  const encodings = utf16 ? [utf16] : ['utf-8', 'gb18030'];
  for (const encoding of encodings) {
    for (let cut = 0; cut <= (isCut ? CUT_OFF_BYTES : 0); cut++) {
      const text = decode(bytes.subarray(0, bytes.length - cut), encoding);
      if (text !== null) return binary.test(text) ? null : text;
    }
  }
  return null;
}

const LONGEST = 200_000;

/** Text as it is kept for search: without controls (PostgreSQL stores no NUL), blanks gathered, not endless. */
export function textForSearch(text: string): string {
  const plain = text
    .slice(0, 4 * LONGEST)
    .replaceAll(/[\p{Cc}\p{Zs}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST);
  return plain.replace(/[\ud800-\udbff]$/, '');
}

/** The text of each page; converters put a form feed after every one. Not endless over all pages together. */
export function pageTextsForSearch(text: string): string[] {
  let room = LONGEST;
  return text.split('\f').map((page) => {
    const kept = textForSearch(page).slice(0, room);
    room -= kept.length;
    return kept;
  });
}
