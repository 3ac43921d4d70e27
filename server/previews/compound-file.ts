import type { FileHandle } from 'node:fs/promises';

const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
const END_OF_CHAIN = 0xfffffffa;
const HEADER_FAT_SLOTS = 109;
/** Of the directory; the streams that tell the type stand near its beginning. */
const MOST_SECTORS = 64;

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * Names of the streams in a compound file, the container of Word, Excel and PowerPoint before 2007 and of encrypted
 * documents since ([MS-CFB] §2.2 header, §2.6 directory).
 */
export async function readStreamNames(file: FileHandle): Promise<string[]> {
  const header = await readAt(file, 0, HEADER_BYTES);
  if (header.length < HEADER_BYTES) return [];
  const sectorBytes = 1 << header.readUInt16LE(30);
  if (sectorBytes < 512 || sectorBytes > 4096) return [];
  const sectorAt = (sector: number) => (sector + 1) * sectorBytes;
  const perSector = sectorBytes / 4;

  async function next(sector: number): Promise<number> {
    const slot = Math.floor(sector / perSector);
    if (slot >= HEADER_FAT_SLOTS) return END_OF_CHAIN;
    const fatSector = header.readUInt32LE(76 + slot * 4);
    if (fatSector >= END_OF_CHAIN) return END_OF_CHAIN;
    const cell = await readAt(file, sectorAt(fatSector) + (sector % perSector) * 4, 4);
    return cell.length === 4 ? cell.readUInt32LE(0) : END_OF_CHAIN;
  }

  const names: string[] = [];
  let sector = header.readUInt32LE(48);
  for (let count = 0; sector < END_OF_CHAIN && count < MOST_SECTORS; count++) {
    const directory = await readAt(file, sectorAt(sector), sectorBytes);
    for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) {
      const nameBytes = directory.readUInt16LE(at + 64);
      if (nameBytes > 2 && nameBytes <= 64) names.push(directory.toString('utf16le', at, at + nameBytes - 2));
    }
    sector = await next(sector);
  }
  return names;
}
