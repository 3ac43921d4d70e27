import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Converter, ConverterRun } from '../sandbox/converter.ts';
import { shrink } from './images.ts';
import { type Findings, PreviewProblem, storedWidths, type Tools } from './preview.ts';

export interface MediaPrograms {
  ffprobe: string;
  ffmpeg: string;
}

const GiB = 1024 ** 3;
/** The first seconds of a lesson are often black. */
const POSTER_AT_SECONDS = 10;
const POSTER_WIDTH = Math.max(...storedWidths);

/** Of the formats that may be uploaded, as ffmpeg names them: none of them is a list of other files. */
const containers = 'mov,matroska,avi,flv,asf,mpeg,mpegvideo,mpegts,mp3,aac,wav,w64,ogg,flac,amr';
/** Neither a playlist nor anything else that names other files is read, whatever the file calls itself. */
export const onlyFiles = ['-protocol_whitelist', 'file', '-format_whitelist', containers];

const stream = z.object({
  codec_type: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
const probed = z.object({
  format: z.object({ duration: z.coerce.number().optional() }),
  streams: z.array(stream),
});

export function createMediaPreviews(convert: Converter, programs: MediaPrograms) {
  const limits = (
    tools: Tools,
  ): Pick<ConverterRun, 'folder' | 'signal' | 'timeoutMs' | 'memoryBytes' | 'fileBytes'> => ({
    folder: tools.folder,
    signal: tools.signal,
    timeoutMs: 120_000,
    memoryBytes: 3 * GiB,
    fileBytes: GiB,
  });
  async function probe(tools: Tools) {
    const answer = await convert({
      ...limits(tools),
      program: programs.ffprobe,
      args: ['-v', 'error', ...onlyFiles, '-of', 'json', '-show_format', '-show_streams', tools.source],
    });
    const { format, streams } = probed.parse(JSON.parse(answer));
    const video = streams.find((one) => one.codec_type === 'video' && one.disposition?.attached_pic !== 1);
    const hasAudio = streams.some((one) => one.codec_type === 'audio');
    if (!video && !hasAudio) throw new PreviewProblem('preview_failed');
    return { seconds: format.duration ?? 0, video, hasAudio };
  }

  /** A telling frame of the hundred that follow; the very first one when there are not so many. */
  async function drawPoster(tools: Tools, seconds: number): Promise<void> {
    const poster = join(tools.folder, 'poster.png');
    const at = Math.min(POSTER_AT_SECONDS, seconds / 10);
    const seek = at > 0 ? ['-ss', at.toFixed(3)] : [];
    // Small before a hundred of them are held in memory.
    const filter = ['-vf', `scale=w='min(iw,${POSTER_WIDTH})':h=-2,thumbnail=100`, '-frames:v', '1'];
    await convert({
      ...limits(tools),
      program: programs.ffmpeg,
      args: [
        '-nostdin',
        '-v',
        'error',
        '-threads',
        '2',
        ...onlyFiles,
        ...seek,
        '-i',
        tools.source,
        ...filter,
        '-y',
        poster,
      ],
    });
    // It ends well also when it could make out no frame.
    if (!existsSync(poster)) throw new PreviewProblem('preview_failed');
    for await (const image of shrink(poster, 'poster')) await tools.keep(image);
  }

  return async function previewMedia(tools: Tools, mediaType: string): Promise<Findings> {
    const { seconds, video } = await probe(tools);
    const durationMs = Math.round(seconds * 1000);
    if (!video) return { durationMs, mediaType: mediaType.replace(/^video\/(mp4|webm|ogg)$/, 'audio/$1') };
    await drawPoster(tools, seconds);
    const turned = video.side_data_list?.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90) ?? false;
    const { width = 0, height = 0 } = video;
    return { durationMs, width: turned ? height : width, height: turned ? width : height };
  };
}
