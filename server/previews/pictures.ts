import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { type Converter, ConverterError } from '../sandbox/converter.ts';
import type { Workspace } from '../sandbox/workspace.ts';
import { MOST_PIXELS } from './images.ts';
import { PreviewProblem, type Tools } from './preview.ts';

const GiB = 1024 ** 3;
/** Of which an idle Node.js reserves not quite two. */
const MEMORY_BYTES = 4 * GiB;
const PICTURE_MS = 30_000;
/** Wider than any preview. */
const MOST_WIDTH = 4096;

const require = createRequire(import.meta.url);

/**
 * Reads a picture in a process that can be ended and has nothing to lose: decoders of pictures are a favourite way in,
 * and a drawing (SVG) of a few hundred bytes can keep its renderer busy for days. What it leaves is plain pixels.
 */
const program = `
const [sharpPath, source, target, mostPixels, mostWidth] = process.argv.slice(1);
const sharp = require(sharpPath);
sharp.cache(false);
const read = () => sharp(source, { limitInputPixels: Number(mostPixels), failOn: 'error' });
(async () => {
  const { autoOrient } = await read().metadata();
  const resized = read().autoOrient().resize({ width: Number(mostWidth), withoutEnlargement: true });
  await resized.tiff({ compression: 'none' }).toFile(target);
  process.stdout.write(JSON.stringify({ width: autoOrient.width, height: autoOrient.height }));
})().catch((error) => {
  process.stderr.write(error.message);
  process.exitCode = 1;
});
`;

const answer = z.object({ width: z.int(), height: z.int() });

export interface SeenPicture {
  /** A picture for the making of previews. */
  path: string;
  /** Of the picture as it is seen, where that one is smaller. */
  size: { width: number; height: number } | null;
}

/** Reads pictures outside of this process, where this process's own program can be reached from there. */
export function createPictureReader(convert: Converter, workspace: Workspace) {
  const sharpPath = require.resolve('sharp');
  const packages = sharpPath.slice(0, sharpPath.lastIndexOf(`${sep}sharp${sep}`));

  async function readApart({
    source,
    folder,
    signal,
  }: Pick<Tools, 'source' | 'folder' | 'signal'>): Promise<SeenPicture> {
    const path = join(folder, 'seen.tif');
    const output = await convert({
      program: process.execPath,
      args: ['-e', program, sharpPath, source, path, `${MOST_PIXELS}`, `${MOST_WIDTH}`],
      reads: [packages],
      folder,
      signal,
      timeoutMs: PICTURE_MS,
      memoryBytes: MEMORY_BYTES,
      fileBytes: 2 * GiB,
    });
    return { path, size: answer.parse(JSON.parse(output)) };
  }

  /** The home of root, say, is not to be reached where no other root can be made. */
  async function tryOut(signal: AbortSignal): Promise<boolean> {
    const folder = await workspace.open();
    try {
      const source = join(folder.path, 'source.svg');
      await writeFile(source, '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>');
      await readApart({ source, folder: folder.path, signal });
      return true;
    } catch (error) {
      if (error instanceof ConverterError && error.reason === 'failed') return false;
      throw error;
    } finally {
      await folder.close();
    }
  }
  let apart: boolean | null = null;

  return async function readPicture(tools: Tools): Promise<SeenPicture> {
    apart ??= await tryOut(tools.signal);
    if (!apart) {
      // Nothing could end the drawing of one in this process.
      if (tools.source.endsWith('.svg')) throw new PreviewProblem('preview_unavailable');
      return { path: tools.source, size: null };
    }
    try {
      return await readApart(tools);
    } catch (error) {
      const isTooLarge = error instanceof ConverterError && /pixel limit|memory|alloc/i.test(error.output);
      throw isTooLarge ? new PreviewProblem('file_too_complex', { cause: error }) : error;
    }
  };
}
