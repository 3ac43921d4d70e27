import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

const run = promisify(execFile);

export const toneHz = 1_000;
export type Codec = 'vp8' | 'h264';

/** One RTP packet's content, and when (in milliseconds of the lesson) it is sent. */
export type PlannedPacket = { kind: 'audio' | 'video'; atMs: number; marker: boolean; payload: Buffer };

const largestPayload = 1_100;
const encoders = {
  vp8: ['libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '400k', '-g', '20'],
  h264: [
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-profile:v',
    'baseline',
    '-g',
    '20',
    '-x264-params',
    'repeat-headers=1',
  ],
};

/**
 * A lesson, ready to be sent: every second the picture flashes white and a tone sounds, both for 200 ms. It is encoded by
 * ffmpeg beforehand, so that sending it takes no time of the machine that is being tested.
 */
export async function encodeLesson(folder: string, codec: Codec, seconds: number): Promise<PlannedPacket[]> {
  const path = join(folder, `lesson-${codec}.mkv`);
  const flash = "drawbox=color=white:t=fill:enable='lt(mod(t,1),0.2)'";
  const picture = `testsrc2=size=640x360:rate=20:duration=${seconds},eq=brightness=-0.4,${flash}`;
  const sound = `sine=frequency=${toneHz}:sample_rate=48000:duration=${seconds},volume='lt(mod(t,1),0.2)':eval=frame`;
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, '-f', 'lavfi', '-i', sound],
    ...['-c:v', ...encoders[codec], '-pix_fmt', 'yuv420p', '-c:a', 'libopus', '-b:a', '32k', '-ac', '2', path],
  ]);
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  if (!video || !audio) throw new Error('ffmpeg made no lesson');
  const packets: PlannedPacket[] = [];
  for await (const { data, timestamp } of new EncodedPacketSink(video).packets()) {
    const payloads = (codec === 'vp8' ? packetiseVp8 : packetiseH264)(Buffer.from(data));
    for (const [index, payload] of payloads.entries()) {
      packets.push({ kind: 'video', atMs: timestamp * 1000, marker: index === payloads.length - 1, payload });
    }
  }
  for await (const { data, timestamp } of new EncodedPacketSink(audio).packets()) {
    packets.push({ kind: 'audio', atMs: Math.max(0, timestamp * 1000), marker: false, payload: Buffer.from(data) });
  }
  return packets.sort((a, b) => a.atMs - b.atMs);
}

/** RFC 7741: the start of a frame has S set; every packet has the shortest descriptor. */
function packetiseVp8(frame: Buffer): Buffer[] {
  return pieces(frame).map((piece, index) => Buffer.concat([Buffer.from([index === 0 ? 0x10 : 0]), piece]));
}

/** RFC 6184: NAL units that fit go alone, others as FU-A. Matroska gives each behind its length (32 bits). */
function packetiseH264(frame: Buffer): Buffer[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at + 4 < frame.length; ) {
    const end = at + 4 + frame.readUInt32BE(at);
    const unit = frame.subarray(at + 4, end);
    at = end;
    if (unit.length <= largestPayload) {
      payloads.push(unit);
      continue;
    }
    const header = unit[0] ?? 0;
    const parts = pieces(unit.subarray(1));
    for (const [index, part] of parts.entries()) {
      const edge = (index === 0 ? 0x80 : 0) | (index === parts.length - 1 ? 0x40 : 0);
      payloads.push(Buffer.concat([Buffer.from([(header & 0xe0) | 28, edge | (header & 0x1f)]), part]));
    }
  }
  return payloads;
}

function pieces(bytes: Buffer): Buffer[] {
  const count = Math.ceil(bytes.length / largestPayload);
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * largestPayload, (index + 1) * largestPayload),
  );
}
