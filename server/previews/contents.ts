import { type Entry, getFileNameLowLevel, type ZipFile } from 'yauzl';
import type { ArchiveContents } from '../files/schema.ts';
import { comparePaths } from './path-order.ts';
import { type Findings, PreviewProblem, type Tools } from './preview.ts';
import { decodeText, textForSearch } from './text.ts';
import { openZip, orBroken } from './zip.ts';

/** Shown, and found by search. */
const MOST_LISTED = 1000;
/** Looked at; an archive of a whole term's photos has some ten thousand. */
const MOST_ENTRIES = 100_000;
const LONGEST_NAME = 400;
/** APPNOTE.TXT 4.4.4: the name is in UTF-8. */
const UTF8_FLAG = 0x0800;
/** APPNOTE.TXT 4.6.9: the name stands in UTF-8 in an extra field. */
const UNICODE_PATH = 0x7075;
/** What systems put in beside what a person has. */
const byTheWay = /(?:^|\/)(?:__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i;

/** Without a word about its encoding a name is in the code page of whoever packed it: GB 18030 in China. */
function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const isTold = (generalPurposeBitFlag & UTF8_FLAG) !== 0 || extraFields.some(({ id }) => id === UNICODE_PATH);
  const guessed = isTold ? null : decodeText(fileNameRaw, false);
  const name = guessed ?? getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  const plain = name
    .replaceAll('\\', '/')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replace(/^\/+/, '');
  // PostgreSQL takes no half of a character, which the cut may leave.
  return plain.slice(0, LONGEST_NAME).toWellFormed();
}

async function read(zip: ZipFile, signal: AbortSignal): Promise<ArchiveContents> {
  const contents: ArchiveContents = { entries: [], total: 0, bytes: 0, encrypted: false };
  let looked = 0;
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    looked += 1;
    if (looked > MOST_ENTRIES) throw new PreviewProblem('file_too_complex');
    const name = nameOf(entry);
    if (name === '' || name.endsWith('/') || byTheWay.test(name)) continue;
    contents.total += 1;
    contents.bytes += entry.uncompressedSize;
    contents.encrypted ||= entry.isEncrypted();
    if (contents.entries.length < MOST_LISTED) contents.entries.push({ name, bytes: entry.uncompressedSize });
  }
  contents.entries.sort((one, other) => comparePaths(one.name, other.name));
  return contents;
}

/**
 * What an archive says of itself: names and sizes. Nothing in it is unpacked, and no name leads anywhere.
 * @throws PreviewProblem `preview_failed` for one that is broken
 */
export async function listContents({ source, signal }: Pick<Tools, 'source' | 'signal'>): Promise<Findings> {
  const zip = await openZip(source);
  try {
    const contents = await orBroken(read(zip, signal));
    return { contents, pageTexts: [textForSearch(contents.entries.map(({ name }) => name).join(' '))] };
  } finally {
    zip.close();
  }
}
