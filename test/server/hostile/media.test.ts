import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMediaPreviews } from '../../../server/previews/media.ts';
import type { Tools } from '../../../server/previews/preview.ts';
import { createConverter } from '../../../server/sandbox/converter.ts';
import { findSandbox } from '../../../server/sandbox/sandbox.ts';
import { openWorkspace } from '../../../server/sandbox/workspace.ts';
import * as samples from '../samples.ts';
import { openListener } from './listener.ts';
import { createHostileWorld, type HostileWorld } from './world.ts';

const run = promisify(execFile);
const MiB = 1024 ** 2;

/** A sound without samples in this many channels. */
function wav(channels: number, rate: number, bytes: number): Buffer {
  const data = Buffer.alloc(44 + bytes);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + bytes, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(channels, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE((rate * channels * 2) >>> 0, 28);
  data.writeUInt16LE((channels * 2) & 0xffff, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(bytes, 40);
  return data;
}

describe('a hostile video or sound', { timeout: 120_000 }, () => {
  let world: HostileWorld;
  let door: Awaited<ReturnType<typeof openListener>>;
  let secret: string;
  beforeAll(async () => {
    world = await createHostileWorld();
    door = await openListener();
    secret = join(world.folder, 'secret.mp4');
    await writeFile(secret, await samples.mp4(world.folder), { mode: 0o644 });
  });
  beforeEach(() => void door.visits.splice(0));
  afterAll(async () => {
    await world.close();
    await door.close();
  });
  const make = async (name: string, args: string[]) => {
    const target = join(world.folder, name);
    await run('ffmpeg', ['-v', 'error', ...args, '-y', target], { timeout: 60_000 });
    return readFile(target);
  };
  async function processed(name: string, content: Uint8Array) {
    const outcome = await world.process(name, content);
    expect(outcome.grownBytes).toBeLessThan(200 * MiB);
    expect(outcome.tookMs).toBeLessThan(125_000);
    return outcome;
  }

  const lists = (): [string, string][] => [
    ['list.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3.0,\nfile://${secret}\n#EXT-X-ENDLIST\n`],
    ['list.ts', `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3.0,\n${door.address}/piece.ts\n#EXT-X-ENDLIST\n`],
    ['chain.mp4', `ffconcat version 1.0\nfile '${secret}'\n`],
    [
      'dash.mp4',
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT3S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet contentType="video"><Representation id="1" bandwidth="1" width="1" height="1"><BaseURL>${door.address}/dash.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    ],
    [
      'session.mp4',
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n`,
    ],
    ['data.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ndata:video/mp4;base64,AAAA\n#EXT-X-ENDLIST\n`],
  ];

  it('that is a list of others, or of addresses, is a text to us', async () => {
    for (const [name, content] of lists()) {
      const { id, file } = await processed(name, Buffer.from(content));
      expect(file, name).toMatchObject({ durationMs: null, hasPoster: false, width: null });
      expect(file.mediaType, name).not.toMatch(/video|audio/);
      await world.expectOnlyDownload(id).catch((error: unknown) => {
        // Plain text may be shown in place: it is text.
        if (file.mediaType !== 'text/plain') throw error;
      });
    }
    expect(door.visits).toEqual([]);
  });

  it('that is such a list is not followed by ffmpeg either', async () => {
    const workspace = await openWorkspace(join(world.folder, 'lists'));
    const previewMedia = createMediaPreviews(createConverter(await findSandbox()), {
      ffprobe: 'ffprobe',
      ffmpeg: 'ffmpeg',
    });
    for (const [name, content] of lists()) {
      const folder = await workspace.open();
      const source = join(folder.path, name);
      await writeFile(source, content);
      // Beside it, where even the walls let it look.
      await writeFile(join(folder.path, 'secret.mp4'), await readFile(secret), { mode: 0o644 });
      await writeFile(source, content.replaceAll(secret, join(folder.path, 'secret.mp4')));
      const kept: unknown[] = [];
      const tools = {
        source,
        folder: folder.path,
        signal: AbortSignal.timeout(60_000),
        keep: async (preview: unknown) => void kept.push(preview),
      } as Tools;
      await expect(previewMedia(tools, 'video/mp4'), name).rejects.toMatchObject({ reason: 'failed' });
      expect(kept, name).toEqual([]);
      expect(await readdir(folder.path)).not.toContain('poster.png');
      await folder.close();
    }
    expect(door.visits).toEqual([]);
  });

  it('that is cut off is shown as far as it goes, or said to be broken', async () => {
    const whole = await samples.mp4(world.folder);
    const withoutIndex = whole.subarray(0, whole.length - 3000);
    expect((await processed('断.mp4', withoutIndex)).file).toMatchObject({
      state: 'failed',
      errorCode: 'preview_failed',
    });
    const source = join(world.folder, 'sample.mp4');
    const early = await make('early.mp4', ['-i', source, '-c', 'copy', '-movflags', '+faststart']);
    const half = await processed('半.mp4', early.subarray(0, Math.round(early.length * 0.6)));
    expect(half.file).toMatchObject({ state: 'ready', width: 640, height: 360, hasPoster: true });
    const mkv = await make('whole.mkv', ['-i', source, '-c', 'copy']);
    expect((await processed('半.mkv', mkv.subarray(0, mkv.length >> 1))).file).toMatchObject({
      state: 'ready',
      hasPoster: true,
    });
    const noise = Buffer.from(early);
    for (let at = early.length >> 1; at < early.length; at += 7) noise[at] = (at * 31) & 0xff;
    expect(['ready', 'failed']).toContain((await processed('乱.mp4', noise)).file.state);
    expect((await processed('空.mp4', whole.subarray(0, 40))).file.state).toBe('failed');
  });

  it('of 16,000 × 16,000 pixels takes no more memory than any', async () => {
    const huge = [
      '-f',
      'lavfi',
      '-i',
      'color=green:size=16000x16000:rate=1:duration=1',
      '-frames:v',
      '1',
      '-c:v',
      'png',
    ];
    const { file } = await processed('大.mkv', await make('huge.mkv', huge));
    expect(['ready', 'failed']).toContain(file.state);
    if (file.state === 'ready') expect(file).toMatchObject({ width: 16_000, height: 16_000 });
    else expect(file.errorCode).toMatch(/preview_failed|file_too_complex/);
  });

  it('of a thousand channels, or as many streams, ends in time', async () => {
    expect(['ready', 'failed']).toContain((await processed('多.wav', wav(1000, 48_000, 200_000))).file.state);
    expect(['ready', 'failed']).toContain((await processed('无.wav', wav(65_535, 0xffffffff, 1000))).file.state);
    const streams = Array.from({ length: 200 }, () => ['-map', '0:a']).flat();
    const many = await make('many.mkv', ['-f', 'lavfi', '-i', 'sine=duration=0.2', ...streams, '-c:a', 'pcm_s16le']);
    expect((await processed('许多.mkv', many)).file.state).toBe('ready');
  });

  it('is what it is, whatever it is called', async () => {
    const video = await readFile(secret);
    expect((await processed('图.jpg', video)).file).toMatchObject({ mediaType: 'video/mp4', hasPoster: true });
    const picture = await samples.png(100, 50);
    expect((await processed('片.mp4', picture)).file).toMatchObject({ mediaType: 'image/png', hasPoster: false });
    // Both at once: the picture's start with the page behind it.
    const page = Buffer.concat([picture, Buffer.from('<html><script>alert(1)</script></html>')]);
    const both = await processed('两样.html', page);
    expect(both.file.mediaType).toBe('image/png');
    const served = await world.request(`/files/${both.id}/content?disposition=inline`);
    await served.body?.cancel();
    expect(served.headers.get('content-type')).toBe('image/png');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
