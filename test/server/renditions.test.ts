import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { eraseFile } from '../../server/files/erase.ts';
import { renditionsSchema, waveformSchema } from '../../server/files/renditions/schema.ts';
import { openRenderer } from '../../server/previews/renditions/open-renderer.ts';
import type { Renderer } from '../../server/previews/renditions/renderer.ts';
import { findSandbox } from '../../server/sandbox/sandbox.ts';
import { createFilesWorld, type FilesWorld, log, upload } from './files-world.ts';

const run = promisify(execFile);
const probed = z.object({
  format: z.object({
    duration: z.coerce.number(),
    bit_rate: z.coerce.number(),
    tags: z.record(z.string(), z.string()),
  }),
  streams: z.array(
    z.object({ codec_name: z.string(), pix_fmt: z.string().optional(), avg_frame_rate: z.string().optional() }),
  ),
});

describe('renditions', { timeout: 120_000 }, () => {
  let world: FilesWorld;
  let folder: string;
  let renderer: Renderer;

  beforeAll(async () => {
    world = await createFilesWorld();
    folder = await mkdtemp(join(tmpdir(), 'renditions-'));
    const programs = { ffprobe: 'ffprobe', ffmpeg: 'ffmpeg' };
    renderer = await openRenderer({
      db: world.db,
      storage: world.storage,
      sandbox: findSandbox(),
      directory: join(world.folder, 'tmp'),
      programs,
    });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const context = () => ({ signal: AbortSignal.timeout(110_000), lastAttempt: false, log });
  const picture = (size: string, seconds: number, rate = 25) => [
    '-f',
    'lavfi',
    '-i',
    `testsrc2=s=${size}:r=${rate}:d=${seconds}`,
  ];
  const sound = (seconds: number) => ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
  async function made(name: string, args: string[]): Promise<Buffer> {
    const path = join(folder, name);
    await run('ffmpeg', ['-v', 'error', ...args, '-y', path]);
    return readFile(path);
  }
  async function file(name: string, mediaType: string, content: Uint8Array): Promise<string> {
    const id = await upload(world, name, content);
    await world.db.updateTable('file').set({ state: 'ready', media_type: mediaType }).where('id', '=', id).execute();
    return id;
  }
  async function list(id: string) {
    return renditionsSchema.parse(await (await world.request(`/files/${id}/renditions`)).json());
  }
  async function objectsOf(id: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of world.storage.list(`renditions/${id}/`)) keys.push(key);
    return keys;
  }
  async function rendered(name: string, mediaType: string, content: Uint8Array) {
    const id = await file(name, mediaType, content);
    await renderer.render(id, context());
    const { state, percent, renditions } = await list(id);
    return { id, state, percent, sizes: renditions.map((one) => [one.name, one.width, one.height]), renditions };
  }
  async function looked(id: string, name: string) {
    const response = await world.request(`/files/${id}/renditions/${name}`);
    expect(response.status).toBe(200);
    const content = Buffer.from(await response.arrayBuffer());
    const path = join(folder, 'looked.mp4');
    await writeFile(path, content);
    const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', '-show_format', '-show_streams', path]);
    const boxes = content.toString('latin1');
    return { ...probed.parse(JSON.parse(stdout)), isFast: boxes.indexOf('moov') < boxes.indexOf('mdat') };
  }

  it('makes a busy video small enough for a thin link, and clear for a good one', async () => {
    const noise = ['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=50:d=12,noise=alls=40:allf=t'];
    const tagged = [
      '-metadata',
      'location=+39.9-116.4/',
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
    ];
    const content = await made('busy.mp4', [...noise, ...sound(12), ...tagged]);
    const { id, state, percent, sizes, renditions } = await rendered('微课.mp4', 'video/mp4', content);
    expect({ state, percent }).toEqual({ state: 'done', percent: 100 });
    expect(sizes).toEqual([
      ['audio', null, null],
      ['360p', 640, 360],
      ['720p', 1280, 720],
    ]);
    const small = await looked(id, '360p');
    expect(small.isFast).toBe(true);
    expect(small.streams.map((one) => one.codec_name)).toEqual(['h264', 'aac']);
    expect(small.streams[0]).toMatchObject({ pix_fmt: 'yuv420p', avg_frame_rate: '20/1' });
    expect(small.format.bit_rate).toBeLessThan(300_000);
    expect(small.format.duration).toBeCloseTo(12, 0);
    expect(Object.keys(small.format.tags)).not.toContain('location');
    expect(renditions[1]?.bitrate).toBeLessThan(300_000);
    expect((await looked(id, '720p')).streams[0]?.avg_frame_rate).toBe('30/1');
    expect((await looked(id, 'audio')).streams.map((one) => one.codec_name)).toEqual(['aac']);

    // Once more makes nothing anew.
    await renderer.render(id, context());
    expect((await list(id)).renditions).toEqual(renditions);
  });

  it('never enlarges, and keeps upright what was filmed upright', async () => {
    const odd = await rendered(
      '小.mp4',
      'video/mp4',
      await made('odd.mp4', [...picture('321x241', 2), '-pix_fmt', 'yuv444p']),
    );
    expect(odd.sizes).toEqual([
      ['360p', 322, 242].map((one) => (typeof one === 'number' ? expect.closeTo(one, -1) : one)),
    ]);
    await made('flat.mp4', [...picture('1920x1080', 1), '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']);
    const turned = await made('turned.mp4', [
      '-display_rotation',
      '90',
      '-i',
      join(folder, 'flat.mp4'),
      '-c',
      'copy',
    ]).catch(() => made('turned.mp4', ['-i', join(folder, 'flat.mp4'), '-c', 'copy', '-metadata:s:v', 'rotate=90']));
    const { sizes } = await rendered('竖拍.mp4', 'video/mp4', turned);
    expect(sizes).toContainEqual(['360p', 360, 640]);
  });

  it.each([
    [
      'HEVC of ten bits',
      'hevc.mp4',
      'video/mp4',
      ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p10le'],
    ],
    ['MPEG-2', 'old.mpg', 'video/mpeg', ['-c:v', 'mpeg2video']],
    ['AVI', 'old.avi', 'video/vnd.avi', ['-c:v', 'mpeg4']],
    ['WMV', 'old.wmv', 'video/x-ms-asf', ['-c:v', 'wmv2']],
    ['FLV', 'old.flv', 'video/x-flv', ['-c:v', 'flv', '-ar', '44100']],
  ])('reads %s', async (_, name, mediaType, codec) => {
    const { id, state, sizes } = await rendered(
      name,
      mediaType,
      await made(name, [...picture('640x480', 3), ...sound(3), ...codec]),
    );
    expect(state).toBe('done');
    expect(sizes.toSorted()).toEqual([
      ['360p', 480, 360],
      ['720p', 640, 480],
      ['audio', null, null],
    ]);
    expect((await looked(id, '720p')).streams[0]).toMatchObject({ codec_name: 'h264', pix_fmt: 'yuv420p' });
  });

  it('takes the sound of an album without its cover, and a video without sound', async () => {
    await made('cover.png', [...picture('300x300', 1), '-frames:v', '1']);
    const cover = ['-map', '0:a', '-map', '1:v', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
    const song = await made('song.flac', [...sound(3), '-i', join(folder, 'cover.png'), ...cover]);
    expect((await rendered('歌.flac', 'audio/flac', song)).sizes).toEqual([['audio', null, null]]);
    const silent = await made('silent.mp4', [...picture('640x360', 3), '-b:v', '2M', '-pix_fmt', 'yuv420p']);
    expect((await rendered('无声.mp4', 'video/mp4', silent)).sizes).toEqual([['360p', 640, 360]]);
  });

  it('makes nothing of what is thin already', async () => {
    const args = [
      ...picture('320x180', 4, 10),
      '-b:v',
      '60k',
      '-maxrate',
      '60k',
      '-bufsize',
      '60k',
      '-pix_fmt',
      'yuv420p',
    ];
    expect(await rendered('小而薄.mp4', 'video/mp4', await made('thin.mp4', args))).toMatchObject({
      state: 'done',
      sizes: [],
    });
  });

  describe('of a screen on which little moves', () => {
    const screen = picture('1280x720', 8, 5);
    const still = ['-c:v', 'libx264', '-preset', 'slow', '-crf', '51', '-pix_fmt', 'yuv420p'];

    it('are not kept when they came out larger than an original that plays', async () => {
      const content = await made('still.mp4', [...screen, ...still]);
      const { id, state, sizes } = await rendered('屏幕.mp4', 'video/mp4', content);
      expect({ state, sizes }).toEqual({ state: 'done', sizes: [] });
      expect(await objectsOf(id)).toHaveLength(1);
      // With its sound alone it is smaller than with the picture.
      const spoken = await made('spoken.mp4', [...screen, ...sound(8), ...still, '-b:a', '160k']);
      const names = (await rendered('讲解.mp4', 'video/mp4', spoken)).renditions.map(({ name }) => name);
      expect(names).toContain('audio');
    });

    it('are kept when no browser plays the original, however small it is', async () => {
      const content = await made('still-444.mp4', [...screen, ...still, '-pix_fmt', 'yuv444p']);
      const { renditions } = await rendered('屏幕.mp4', 'video/mp4', content);
      expect(renditions.map(({ name }) => name).toSorted()).toEqual(['360p', '720p']);
      expect(renditions.some(({ bytes }) => bytes >= content.length)).toBe(true);
    });

    it('go when an older version had kept them', async () => {
      const content = await made('still.mp4', [...screen, ...still]);
      const { id } = await rendered('从前的屏幕.mp4', 'video/mp4', content);
      const object_key = `renditions/${id}/before.mp4`;
      const bytes = content.length + 1;
      await world.storage.put(object_key, Readable.from([Buffer.alloc(bytes)]), { bytes, signal: context().signal });
      const row = { width: 640, height: 360, bitrate: 250_000, media_type: 'video/mp4', object_key, bytes };
      await world.db
        .insertInto('rendition')
        .values({ file_id: id, name: '360p', ...row })
        .execute();
      await world.db.updateTable('rendition_work').set({ version: 1 }).where('file_id', '=', id).execute();
      await renderer.render(id, context());
      expect(await list(id)).toMatchObject({ state: 'done', renditions: [] });
      expect(await objectsOf(id)).toHaveLength(1);
    });
  });

  it('takes what there is of a video that was cut off, and says so of what is none', async () => {
    const whole = await made('whole.ts', [...picture('640x480', 6), ...sound(6), '-c:v', 'mpeg2video', '-f', 'mpegts']);
    const cut = await rendered('断.mpg', 'video/mpeg', whole.subarray(0, whole.length / 2));
    expect(cut).toMatchObject({ state: 'done' });
    expect(cut.sizes).toContainEqual(['360p', 480, 360]);
    const broken = await made('broken.mp4', [...picture('320x240', 2)]);
    expect(await rendered('坏.mp4', 'video/mp4', broken.subarray(0, 2000))).toMatchObject({
      state: 'failed',
      sizes: [],
    });
  });

  it('answers ranges, and strangers not at all', async () => {
    const { id } = await rendered(
      'a.mp4',
      'video/mp4',
      await made('range.mp4', [...picture('640x360', 2), '-pix_fmt', 'yuv444p']),
    );
    const path = `/files/${id}/renditions/360p`;
    const whole = Buffer.from(await (await world.request(path)).arrayBuffer());
    const part = await world.request(path, { headers: { range: 'bytes=4-7' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 4-7/${whole.length}`);
    expect(part.headers.get('content-type')).toBe('video/mp4');
    expect(await part.text()).toBe('ftyp');
    const tag = part.headers.get('etag') ?? '';
    expect((await world.request(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
    expect(await world.refusal(path, { headers: { range: 'bytes=99999999-' } })).toBe('416 range_not_satisfiable');
    expect(await world.refusal(`/files/${id}/renditions/720p`)).toBe('404 not_found');
    expect(await world.refusal(`/files/${id}/renditions/1080p`)).toBe('400 invalid_input');
    for (const as of ['stranger', 'device']) {
      expect(await world.refusal(path, { as })).toBe('404 not_found');
      expect(await world.refusal(`/files/${id}/renditions`, { as })).toBe('404 not_found');
    }
    expect((await world.request(path, { as: '' })).status).toBe(401);
  });

  it('draws small frames of a video, each of its moment', async () => {
    const [red, blue] = ['#ff0000', '#0000ff'].map((colour) => `color=${colour}:s=640x360:r=25:d=6`);
    const show = ['-f', 'lavfi', '-i', red ?? '', '-f', 'lavfi', '-i', blue ?? ''];
    const joined = ['-filter_complex', 'concat=n=2', '-pix_fmt', 'yuv420p'];
    const { id } = await rendered('红蓝.mp4', 'video/mp4', await made('colours.mp4', [...show, ...joined]));
    const { sprite, hasWaveform } = await list(id);
    expect({ sprite, hasWaveform }).toEqual({
      sprite: { width: 160, height: 90, columns: 10, frames: 12, intervalMs: 1000 },
      hasWaveform: false,
    });
    const response = await world.request(`/files/${id}/sprite`);
    expect(response.headers.get('content-type')).toBe('image/webp');
    const image = Buffer.from(await response.arrayBuffer());
    expect(await sharp(image).metadata()).toMatchObject({ width: 1600, height: 180, format: 'webp' });
    const colourOf = async (frame: number) => {
      const [left, top] = [(frame % 10) * 160 + 80, Math.floor(frame / 10) * 90 + 45];
      const [r = 0, , b = 0] = await sharp(image)
        .extract({ left, top, width: 1, height: 1 })
        .removeAlpha()
        .raw()
        .toBuffer();
      return r > b ? 'red' : 'blue';
    };
    const colours = await Promise.all([0, 5, 6, 11].map(colourOf));
    expect(colours).toEqual(['red', 'red', 'blue', 'blue']);
    const tag = response.headers.get('etag') ?? '';
    expect((await world.request(`/files/${id}/sprite`, { headers: { 'if-none-match': tag } })).status).toBe(304);
    for (const as of ['stranger', 'device'])
      expect(await world.refusal(`/files/${id}/sprite`, { as })).toBe('404 not_found');

    const upright = await rendered(
      '竖.mp4',
      'video/mp4',
      await made('upright.mp4', [...picture('360x640', 400, 1), '-pix_fmt', 'yuv420p']),
    );
    expect((await list(upright.id)).sprite).toMatchObject({ width: 90, height: 160, frames: 100, intervalMs: 4000 });
  });

  it('draws the waveform of a sound, and none of a broken one', async () => {
    const loudness = ['-f', 'lavfi', '-i', 'aevalsrc=if(lt(t\\,5)\\,0.05\\,0.5)*sin(440*2*PI*t):d=10'];
    const { id } = await rendered('响.mp3', 'audio/mpeg', await made('loud.mp3', loudness));
    expect(await list(id)).toMatchObject({ sprite: null, hasWaveform: true });
    const { peaks } = waveformSchema.parse(await (await world.request(`/files/${id}/waveform`)).json());
    expect(peaks).toHaveLength(1200);
    const highest = peaks.filter((_, index) => index % 2 === 1);
    expect(Math.max(...highest.slice(20, 280))).toBeLessThan(20);
    expect(Math.min(...highest.slice(320, 580))).toBeGreaterThan(80);
    expect(await world.refusal(`/files/${id}/waveform`, { as: 'stranger' })).toBe('404 not_found');

    const whole = await made('whole.wav', sound(4));
    const cut = await rendered('断.wav', 'audio/wav', whole.subarray(0, whole.length / 2));
    expect(await list(cut.id)).toMatchObject({ state: 'done', hasWaveform: true });
    const broken = await rendered('坏.mp3', 'audio/mpeg', Buffer.alloc(5000, 'no sound'));
    expect(await list(broken.id)).toMatchObject({ state: 'failed', hasWaveform: false });
    expect(await world.refusal(`/files/${broken.id}/waveform`)).toBe('404 not_found');
  });

  it('makes what an older version did not make, without making again what it did', async () => {
    const content = await made('before.mp4', [...picture('640x360', 3), '-b:v', '2M', '-pix_fmt', 'yuv420p']);
    const { id, renditions } = await rendered('从前.mp4', 'video/mp4', content);
    await world.db.deleteFrom('scrub_sprite').where('file_id', '=', id).execute();
    await world.db.updateTable('rendition_work').set({ version: 0 }).where('file_id', '=', id).execute();
    await renderer.render(id, context());
    expect(await list(id)).toMatchObject({ state: 'done', renditions, sprite: { frames: 3 } });
    expect(await objectsOf(id)).toHaveLength(renditions.length + 1);
  });

  it('stops when the file is deleted, and leaves nothing', async () => {
    const id = await file(
      '长.mp4',
      'video/mp4',
      await made('long.mp4', [...picture('1280x720', 90, 30), '-preset', 'ultrafast', '-pix_fmt', 'yuv420p']),
    );
    const rendering = renderer.render(id, context());
    await expect.poll(async () => (await list(id)).percent, { timeout: 60_000, interval: 200 }).toBeGreaterThan(0);
    await world.db.updateTable('file').set({ deleted_at: new Date() }).where('id', '=', id).execute();
    await rendering;
    await eraseFile(world, id, new AbortController().signal);
    const rows = await world.db.selectFrom('rendition').select('name').where('file_id', '=', id).execute();
    expect(rows).toEqual([]);
    expect(await objectsOf(id)).toEqual([]);
  });
});
