import { z } from 'zod';

const stream = z.object({
  index: z.int(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  pix_fmt: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  sample_aspect_ratio: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
const probed = z.object({
  format: z.object({
    format_name: z.string(),
    duration: z.coerce.number().optional(),
    bit_rate: z.coerce.number().optional(),
  }),
  streams: z.array(stream),
});

/** What decides which renditions are made, and how. */
export interface Source {
  /** 0 when the file does not say. */
  seconds: number;
  /** Bits a second; 0 when the file does not say. */
  bitrate: number;
  isMp4: boolean;
  /** Width and height as it is seen: turned, with square pixels. */
  video: { index: number; width: number; height: number; framesPerSecond: number; isPlainH264: boolean } | null;
  audio: { index: number; codec: string } | null;
}

function ratio(text: string | undefined): number {
  const [above = 0, below = 0] = (text ?? '').split(/[:/]/).map(Number);
  return above > 0 && below > 0 ? above / below : 0;
}

/** Reads the answer of `ffprobe -of json -show_format -show_streams`. */
export function readSource(answer: string): Source {
  const { format, streams } = probed.parse(JSON.parse(answer));
  // The cover of an album is a video stream too.
  const video = streams.find((one) => one.codec_type === 'video' && one.disposition?.attached_pic !== 1);
  const audio = streams.find((one) => one.codec_type === 'audio');
  const turned = video?.side_data_list?.some(({ rotation = 0 }) => Math.abs(rotation) % 180 === 90) ?? false;
  const { width: stored = 0, height = 0 } = video ?? {};
  const width = Math.round(stored * (ratio(video?.sample_aspect_ratio) || 1));
  return {
    seconds: format.duration ?? 0,
    bitrate: format.bit_rate ?? 0,
    isMp4: format.format_name.split(',').includes('mp4'),
    video:
      video && width > 0 && height > 0
        ? {
            index: video.index,
            width: turned ? height : width,
            height: turned ? width : height,
            framesPerSecond: ratio(video.avg_frame_rate),
            isPlainH264: video.codec_name === 'h264' && video.pix_fmt === 'yuv420p',
          }
        : null,
    audio: audio ? { index: audio.index, codec: audio.codec_name ?? '' } : null,
  };
}
