import { open } from 'node:fs/promises';
import { fileTypeFromFile } from 'file-type';
import { extensionOf, formatOfName } from '../files/policy.ts';
import { readStreamNames } from './compound-file.ts';
import { decodeText } from './text.ts';

export interface Sniffed {
  mediaType: string;
  encrypted: boolean;
}

const LOOKED_AT_BYTES = 64 * 1024;
const UNKNOWN = 'application/octet-stream';

/** Other names of what the table of formats knows. */
const aliases: Record<string, string> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/ogg; codecs=opus': 'audio/ogg',
  'image/apng': 'image/png',
  'image/heif': 'image/heic',
  'image/heic-sequence': 'image/heic',
  'image/heif-sequence': 'image/heic',
  'video/MP1S': 'video/mpeg',
  'video/MP2P': 'video/mpeg',
  'video/x-m4v': 'video/mp4',
  'video/3gpp2': 'video/3gpp',
};

/** Formats that are a zip inside, and only their name tells which. */
const zipped = new Set(['ofd', 'ggb', 'enbx']);
/** Formats of WPS Office that are a compound file inside. */
const compound = new Set(['wps', 'et', 'dps']);

async function sniffCompound(path: string, name: string): Promise<Sniffed> {
  const file = await open(path);
  try {
    const streams = new Set(await readStreamNames(file));
    if (streams.has('EncryptedPackage')) {
      return { mediaType: formatOfName(name)?.mediaType ?? 'application/x-cfb', encrypted: true };
    }
    const plain = (mediaType: string) => ({ mediaType, encrypted: false });
    if (compound.has(extensionOf(name))) return plain(formatOfName(name)?.mediaType ?? 'application/x-cfb');
    if (streams.has('WordDocument')) return plain('application/msword');
    if (streams.has('PowerPoint Document')) return plain('application/vnd.ms-powerpoint');
    if (streams.has('Workbook') || streams.has('Book')) return plain('application/vnd.ms-excel');
    return plain('application/x-cfb');
  } finally {
    await file.close();
  }
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Markup is told by what it holds, because a browser would go by that too; plain text by its name. */
function typeOfText(text: string, name: string): string {
  if (/<svg[\s>]/i.test(text) && /^\s*(?:<\?xml|<!--|<!doctype svg|<svg)/i.test(text)) return 'image/svg+xml';
  if (/^\s*(?:<!--[\s\S]*?-->\s*)*<(?:!doctype html|html|head|body|script|iframe)[\s>]/i.test(text)) return 'text/html';
  if (/^\s*<\?xml\b/.test(text)) return 'application/xml';
  const declared = formatOfName(name);
  return declared?.preview === 'words' ? declared.mediaType : 'text/plain';
}

/**
 * What a file really is, whatever it calls itself. A type that carries no mark of its own is believed its name, if
 * nothing but a download is ever made of it.
 */
export async function sniff(path: string, name: string): Promise<Sniffed> {
  const found = await fileTypeFromFile(path);
  if (found?.mime === 'application/x-cfb') return sniffCompound(path, name);
  const plain = (mediaType: string) => ({ mediaType, encrypted: false });
  const declared = formatOfName(name);
  if (found?.mime === 'application/zip' && zipped.has(extensionOf(name)))
    return plain(declared?.mediaType ?? found.mime);
  if (found && found.mime !== 'application/xml') return plain(aliases[found.mime] ?? found.mime);

  const start = await readStart(path);
  const text = decodeText(start, start.length === LOOKED_AT_BYTES);
  if (text !== null) return plain(typeOfText(text, name));
  return plain(declared?.preview === 'none' ? declared.mediaType : UNKNOWN);
}
