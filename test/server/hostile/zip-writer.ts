import { crc32, deflateRawSync } from 'node:zlib';
import { unzipSync } from 'fflate';

/** An entry as it is written, with whatever lies one wants to tell of it. */
export interface RawEntry {
  name: string;
  /** Written in place of the name, without a word about their encoding. */
  nameBytes?: Buffer;
  content: Uint8Array;
  /** Deflated unless stored. */
  stored?: boolean;
  /** Already deflated content, of this length once unpacked. */
  unpackedBytes?: number;
  /** In place of the true length. */
  saidBytes?: number;
  /** The content is that of this earlier entry, whose bytes are shared. */
  sharedWith?: number;
  encrypted?: boolean;
}

const NAMES_ARE_UTF8 = 0x800;

/** Writes an archive that no library would. */
export function writeZip(entries: readonly RawEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const one of entries) {
    const name = one.nameBytes ?? Buffer.from(one.name);
    const content = Buffer.from(one.content);
    const data = one.stored || one.unpackedBytes !== undefined ? content : deflateRawSync(content);
    const bytes = one.saidBytes ?? one.unpackedBytes ?? content.length;
    const flags = (one.nameBytes ? 0 : NAMES_ARE_UTF8) | (one.encrypted ? 1 : 0);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(flags, 6);
    header.writeUInt16LE(one.stored ? 0 : 8, 8);
    header.writeUInt32LE(one.unpackedBytes === undefined ? crc32(content) : 0, 14);
    header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(bytes, 22);
    header.writeUInt16LE(name.length, 26);
    const offset = one.sharedWith === undefined ? at : (offsets[one.sharedWith] ?? 0);
    offsets.push(offset);
    const listed = Buffer.alloc(46);
    listed.writeUInt32LE(0x02014b50, 0);
    listed.writeUInt16LE(20, 4);
    header.copy(listed, 6, 4, 30);
    listed.writeUInt32LE(offset, 42);
    directory.push(listed, name);
    if (one.sharedWith !== undefined) continue;
    parts.push(header, name, data);
    at += header.length + name.length + data.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, listing, end]);
}

/** A document taken apart, to be written anew with some entries changed or added. */
export function entriesOf(document: Uint8Array): RawEntry[] {
  return Object.entries(unzipSync(document))
    .filter(([name]) => !name.endsWith('/'))
    .map(([name, content]) => ({ name, content, stored: name === 'mimetype' }));
}

export function withChanged(
  entries: readonly RawEntry[],
  changes: Record<string, (text: string) => string>,
): RawEntry[] {
  const changed = entries.map((one) => {
    const change = changes[one.name];
    return change ? { ...one, content: Buffer.from(change(Buffer.from(one.content).toString('utf8'))) } : one;
  });
  for (const name of Object.keys(changes)) {
    if (!entries.some((one) => one.name === name)) throw new Error(`There is no ${name}.`);
  }
  return changed;
}
