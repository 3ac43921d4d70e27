import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { type Entry, getFileNameLowLevel, validateFileName, type ZipFile } from 'yauzl';
import { createDeclarationScan } from './declarations.ts';
import { PreviewProblem, type Tools } from './preview.ts';
import { openZip, orBroken } from './zip.ts';

const MiB = 1024 ** 2;
/** A deck of a thousand slides has some five thousand. */
const MOST_ENTRIES = 10_000;
/** Of all that is packed, also in archives inside. Beyond, LibreOffice would not be done in time. */
const MOST_BYTES = 1024 * MiB;
/** Of what is unpacked at a time: with the usual 16 KiB handing it on takes longer than unpacking. */
const PIECE_BYTES = 256 * 1024;
/** Large tables come to 50; the format allows 1032, which only uniform filling reaches. */
const MOST_RATIO = 200;
/** Little content may be packed as tightly as it likes. */
const RATIO_COUNTS_FROM = 32 * MiB;
/** A document in a document in a document. */
const DEEPEST = 3;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;

const archiveStart = Buffer.from('PK\x03\x04', 'latin1');
/** With or without a byte order mark, in one byte a character or two. */
const markupStart = /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?[\s\0]*</;
/** Drawings come with declarations from common programs; no parser of theirs resolves them. */
const drawing = /\.svgz?$/i;
/** OpenDocument once had a document type; that of Microsoft's formats forbids any (ECMA-376-2 §8.2.5). */
const mayHaveDocumentType = /^META-INF\/manifest\.xml$|^(?:content|styles|meta|settings)\.xml$|\.html?$/i;

const suspicious = (reason: string) => new PreviewProblem('file_suspicious', { cause: new Error(reason) });
const tooComplex = (reason: string) => new PreviewProblem('file_too_complex', { cause: new Error(reason) });

/** One document under inspection, with all that lies in it. */
interface Inspection {
  /** For archives inside. */
  folder: string;
  signal: AbortSignal;
  /** What may still be unpacked. */
  bytes: number;
  entries: number;
  /** Nested archives so far. */
  nested: number;
}

interface Listed {
  entry: Entry;
  name: string;
}

async function listEntries(zip: ZipFile, inspection: Inspection): Promise<Listed[]> {
  const listed: Listed[] = [];
  const names = new Set<string>();
  // What the archive says of itself spares the reading; what it has counts.
  if (zip.entryCount > inspection.entries) throw tooComplex(`more than ${MOST_ENTRIES} entries`);
  for await (const entry of zip.eachEntry()) {
    inspection.entries -= 1;
    if (inspection.entries < 0) throw tooComplex(`more than ${MOST_ENTRIES} entries`);
    const name = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
    const fault = validateFileName(name);
    if (fault !== null) throw suspicious(fault);
    if (name.includes('\0')) throw suspicious('a name holds NUL');
    // Both formats compare names without regard to case.
    const key = name.toLowerCase();
    if (names.has(key)) throw suspicious(`two entries are named ${name}`);
    names.add(key);
    if (entry.isEncrypted()) throw new PreviewProblem('file_encrypted');
    if (entry.compressionMethod === STORED && entry.compressedSize !== entry.uncompressedSize) {
      throw suspicious(`${name} is stored, and not as long as it says`);
    }
    listed.push({ entry, name });
  }
  return listed;
}

/** Entries that share their bytes unpack to more than the file could hold (Fifield, «A better zip bomb», 2019). */
function refuseOverlaps(listed: readonly Listed[]): void {
  let free = 0;
  const inOrder = listed.toSorted((a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader);
  for (const { entry, name } of inOrder) {
    if (entry.relativeOffsetOfLocalHeader < free) throw suspicious(`${name} lies over another entry`);
    free = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
  }
}

/** Unpacks one entry, keeping nothing of it, but an archive that it is: that goes into a file of a name of our own. */
async function readEntry(zip: ZipFile, { entry, name }: Listed, inspection: Inspection): Promise<string | null> {
  const isStored = entry.compressionMethod === STORED;
  const raw = await zip.openReadStreamPromise(entry, { decodeFileData: false });
  // A failure of the one ends the other, and comes out of the loop below.
  const stream = isStored ? raw : pipeline(raw, createInflateRaw({ chunkSize: PIECE_BYTES }), () => undefined);
  const scan = createDeclarationScan();
  let bytes = 0;
  let inner: { path: string; file: FileHandle } | null = null;
  let isMarkup = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      inspection.signal.throwIfAborted();
      if (bytes === 0) {
        isMarkup = markupStart.test(chunk.subarray(0, 256).toString('latin1'));
        if (chunk.subarray(0, 4).equals(archiveStart)) {
          inspection.nested += 1;
          const path = join(inspection.folder, `nested-${inspection.nested}`);
          inner = { path, file: await open(path, 'wx') };
        }
      }
      // Pictures and videos as they are: nothing of them grows.
      if (isStored && !isMarkup && inner === null) break;
      bytes += chunk.length;
      inspection.bytes -= chunk.length;
      if (bytes > entry.uncompressedSize) throw suspicious(`${name} is longer than it says`);
      if (bytes > RATIO_COUNTS_FROM && bytes > MOST_RATIO * entry.compressedSize) {
        throw suspicious(`${name} unpacks to more than ${MOST_RATIO} times its size`);
      }
      if (inspection.bytes < 0) throw tooComplex(`unpacks to more than ${MOST_BYTES} bytes`);
      if (isMarkup) scan.add(chunk);
      await inner?.file.writeFile(chunk);
    }
  } finally {
    raw.destroy();
    stream.destroy();
    await inner?.file.close();
  }
  if (!drawing.test(name) && scan.found.entity) throw suspicious(`${name} declares entities`);
  if (!drawing.test(name) && !mayHaveDocumentType.test(name) && scan.found.documentType) {
    throw suspicious(`${name} has a document type`);
  }
  return inner?.path ?? null;
}

async function inspect(path: string, depth: number, inspection: Inspection): Promise<void> {
  const zip = await openZip(path);
  try {
    const listed = await orBroken(listEntries(zip, inspection));
    refuseOverlaps(listed);
    for (const one of listed) {
      if (![STORED, DEFLATED].includes(one.entry.compressionMethod)) throw new PreviewProblem('preview_failed');
      const nested = await orBroken(readEntry(zip, one, inspection));
      if (nested === null) continue;
      if (depth === DEEPEST) throw suspicious('archives lie in one another');
      await inspect(nested, depth + 1, inspection);
      await rm(nested);
    }
  } finally {
    zip.close();
  }
}

/**
 * Looks through the archive that a document of today is, before a converter gets it: how much it unpacks to, what its
 * entries are called and whether its markup declares entities. Nothing is unpacked to a name from inside.
 * @throws PreviewProblem `file_suspicious` for what is made to do harm, `file_too_complex` for what is too much
 */
export async function inspectArchive({
  source,
  folder,
  signal,
}: Pick<Tools, 'source' | 'folder' | 'signal'>): Promise<void> {
  const file = await open(source);
  let start: Buffer;
  try {
    start = (await file.read(Buffer.alloc(archiveStart.length), 0, archiveStart.length, 0)).buffer;
  } finally {
    await file.close();
  }
  // Word, Excel and PowerPoint before 2007, and RTF, are no archives.
  if (!start.equals(archiveStart)) return;
  await inspect(source, 1, { folder, signal, bytes: MOST_BYTES, entries: MOST_ENTRIES, nested: 0 });
}
