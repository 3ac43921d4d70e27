import { join } from 'node:path';
import sharp from 'sharp';
import type { Converter } from '../sandbox/converter.ts';
import { type Preview, PreviewProblem, storedWidths, type Tools } from './preview.ts';

export const MOST_PIXELS = 120_000_000;
const LOSSY_QUALITY = 82;

function read(path: string) {
  return sharp(path, { limitInputPixels: MOST_PIXELS, failOn: 'error' });
}

/** Size of an image as it is seen, its orientation applied. */
export async function measure(path: string): Promise<{ width: number; height: number }> {
  const { autoOrient } = await read(path).metadata();
  return { width: autoOrient.width, height: autoOrient.height };
}

/** WebP images of the stored widths; of a narrow original only as wide as that. */
export async function* shrink(path: string, kind: Preview['kind'], number = 1): AsyncGenerator<Preview> {
  let narrower = 0;
  for (const wanted of storedWidths) {
    const { data, info } = await read(path)
      .autoOrient()
      .resize({ width: wanted, withoutEnlargement: true })
      .webp({ quality: LOSSY_QUALITY })
      .toBuffer({ resolveWithObject: true });
    if (info.width === narrower) return;
    narrower = info.width;
    yield { kind, number, width: info.width, height: info.height, content: data };
  }
}

/** What sharp says about a file is the file's fault. */
async function orBroken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isTooLarge = error instanceof Error && error.message.includes('pixel limit');
    throw new PreviewProblem(isTooLarge ? 'file_too_complex' : 'preview_failed', { cause: error });
  }
}

export async function previewImage({ source, keep }: Tools) {
  const size = await orBroken(measure(source));
  await orBroken(
    (async () => {
      for await (const image of shrink(source, 'image')) await keep(image);
    })(),
  );
  return size;
}

/** HEIC and HEIF, the pictures of telephones, which sharp's prebuilt library cannot read. */
export async function previewHeif(tools: Tools, convert: Converter, program: string) {
  const picture = join(tools.folder, 'picture.png');
  await convert({
    program,
    args: [tools.source, picture],
    folder: tools.folder,
    timeoutMs: 60_000,
    memoryBytes: 2 * 1024 ** 3,
    fileBytes: 1024 ** 3,
    signal: tools.signal,
  });
  return previewImage({ ...tools, source: picture });
}
