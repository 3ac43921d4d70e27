import { inflateRawSync } from 'node:zlib';

/** A ZIP archive that is broken, or that uses what spreadsheets do not. */
export class ZipUnreadable extends Error {
  override readonly name = 'ZipUnreadable';
}
/** An archive whose parts hold more than was allowed. */
export class ZipTooLarge extends Error {
  override readonly name = 'ZipTooLarge';
}

// APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16.
const LOCAL_HEADER = 0x04034b50;
const DIRECTORY_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const MOST_PARTS = 1000;

function endOfDirectory(zip: Buffer): number {
  const lowest = Math.max(0, zip.length - END_BYTES - LONGEST_COMMENT);
  for (let at = zip.length - END_BYTES; at >= lowest; at -= 1) {
    if (zip.readUInt32LE(at) === END_OF_DIRECTORY) return at;
  }
  throw new ZipUnreadable('There is no directory.');
}

function inflate(packed: Buffer, method: number, most: number): Buffer {
  if (method === 0) {
    if (packed.length > most) throw new ZipTooLarge();
    return packed;
  }
  if (method !== 8) throw new ZipUnreadable(`Method ${method} is not known.`);
  try {
    // Zero would mean no limit of ours.
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, most) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new ZipTooLarge('', { cause });
    throw new ZipUnreadable('A part cannot be inflated.', { cause });
  }
}

/**
 * The wanted parts by name. What counts are the bytes that come out, not the sizes that the archive claims.
 * @param mostBytes of all wanted parts together.
 * @throws ZipUnreadable or ZipTooLarge.
 */
export function readZipParts(zip: Buffer, wanted: (name: string) => boolean, mostBytes: number): Map<string, Buffer> {
  const parts = new Map<string, Buffer>();
  let left = mostBytes;
  try {
    const end = endOfDirectory(zip);
    const count = zip.readUInt16LE(end + 10);
    if (count > MOST_PARTS) throw new ZipTooLarge();
    let at = zip.readUInt32LE(end + 16);
    for (let index = 0; index < count; index += 1) {
      if (zip.readUInt32LE(at) !== DIRECTORY_HEADER) throw new ZipUnreadable('The directory is broken.');
      const nameBytes = zip.readUInt16LE(at + 28);
      const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
      if (wanted(name)) {
        const header = zip.readUInt32LE(at + 42);
        if (zip.readUInt32LE(header) !== LOCAL_HEADER) throw new ZipUnreadable('A part is not where it should be.');
        const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
        const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
        const part = inflate(packed, zip.readUInt16LE(at + 10), left);
        left -= part.length;
        if (left < 0) throw new ZipTooLarge();
        parts.set(name, part);
      }
      at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
    }
  } catch (cause) {
    if (cause instanceof RangeError) throw new ZipUnreadable('It ends too early.', { cause });
    throw cause;
  }
  return parts;
}
