import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Storage } from '../storage/storage.ts';

/** A still picture of the video, as the library's pages ask for it. */
export interface PosterObject {
  width: number;
  height: number;
  object_key: string;
  media_type: string;
  bytes: number;
}

/** Previews lie where those of the file lie; the file of a recording has the recording's id. */
export const posterPrefix = (recordingId: string) => `previews/${recordingId}/`;

const widths = [320, 640, 1280] as const;

/** Stores a picture in the widths that the library shows; none wider than the picture itself, but at least one. */
export async function storePoster(
  storage: Storage,
  prefix: string,
  path: string,
  signal: AbortSignal,
): Promise<PosterObject[]> {
  const { width: full } = await sharp(path).metadata();
  const posters: PosterObject[] = [];
  for (const width of widths) {
    if (width > full && posters.length > 0) break;
    const { data, info } = await sharp(path)
      .resize({ width, withoutEnlargement: true })
      .webp({ quality: 80 })
      .toBuffer({ resolveWithObject: true });
    const sha256 = createHash('sha256').update(data).digest('hex');
    const object_key = `${prefix}poster-${width}-${sha256}.webp`;
    await storage.put(object_key, bodyOf(data), { bytes: data.length, sha256, signal });
    posters.push({ width, height: info.height, object_key, media_type: 'image/webp', bytes: data.length });
  }
  return posters;
}

async function* bodyOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
