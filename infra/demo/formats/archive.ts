import { buffer } from 'node:stream/consumers';
import yazl from 'yazl';

/** A ZIP of several files; names are UTF-8 (APPNOTE 6.3, bit 11). */
export async function zip(files: readonly { name: string; content: Buffer }[]): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const { name, content } of files) archive.addBuffer(content, name);
  archive.end();
  return buffer(archive.outputStream);
}
