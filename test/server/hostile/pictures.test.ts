import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync, gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as samples from '../samples.ts';
import { openListener } from './listener.ts';
import { createHostileWorld, type HostileWorld } from './world.ts';

const MiB = 1024 ** 2;
const xlink = 'xmlns:xlink="http://www.w3.org/1999/xlink"';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([head, body, check]);
}

/** A black picture of one bit a pixel: next to nothing as a file. */
function onePixelBits(width: number, height: number, more: Buffer[] = []): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = Buffer.alloc((1 + Math.ceil(width / 8)) * height);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const data = chunk('IDAT', deflateSync(rows));
  return Buffer.concat([signature, chunk('IHDR', header), ...more, data, chunk('IEND', Buffer.alloc(0))]);
}

/** A moving GIF of one black pixel a frame. */
function gif(frames: number, width = 500, height = 500): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt16LE(width, 0);
  size.writeUInt16LE(height, 2);
  const screen = Buffer.concat([Buffer.from('GIF89a'), size, Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255])]);
  const frame = Buffer.from([0x21, 0xf9, 4, 0, 1, 0, 0, 0, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0]);
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

describe('a hostile picture', { timeout: 120_000 }, () => {
  let world: HostileWorld;
  let door: Awaited<ReturnType<typeof openListener>>;
  beforeAll(async () => {
    world = await createHostileWorld();
    door = await openListener();
  });
  beforeEach(() => void door.visits.splice(0));
  afterAll(async () => {
    await world.close();
    await door.close();
  });

  async function refused(name: string, content: Uint8Array, code: string) {
    const outcome = await world.process(name, content);
    expect(outcome.file).toMatchObject({ state: 'failed', errorCode: code });
    expect(outcome.grownBytes).toBeLessThan(200 * MiB);
    expect(outcome.tookMs).toBeLessThan(60_000);
    return outcome;
  }
  const thumbnail = async (id: string) => {
    const response = await world.request(`/files/${id}/thumbnail?width=320`);
    expect(response.status).toBe(200);
    return sharp(Buffer.from(await response.arrayBuffer()))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
  };

  it.each(['png', 'jpeg'] as const)(
    'of 100 megapixels is shrunk (%s), and our memory does not grow by it',
    async (format) => {
      const large = sharp({
        create: { width: 12_500, height: 8000, channels: 3, background: '#2a7' },
        limitInputPixels: false,
      });
      const outcome = await world.process(`大.${format}`, await large.toFormat(format).toBuffer());
      expect(outcome.file).toMatchObject({ state: 'ready', width: 12_500, height: 8000 });
      expect(outcome.grownBytes).toBeLessThan(250 * MiB);
      expect((await thumbnail(outcome.id)).info).toMatchObject({ width: 320, height: 205 });
    },
  );

  it('of more is refused: 400 megapixels, and 2500 in a small file', async () => {
    await refused('四亿.png', onePixelBits(20_000, 20_000), 'file_too_complex');
    const bomb = onePixelBits(50_000, 50_000);
    expect(bomb.length).toBeLessThan(MiB);
    await refused('炸弹.png', bomb, 'file_too_complex');
    const huge = Buffer.from(await samples.png(10, 10));
    huge.writeUInt32BE(0x7fffffff, 16);
    huge.writeUInt32BE(0x7fffffff, 20);
    huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
    const { file } = await world.process('谎.png', huge);
    expect(file.state).toBe('failed');
  });

  it('with a text that unpacks without end is drawn without it', async () => {
    const words = Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(Buffer.alloc(200 * MiB, ' '))]);
    const outcome = await world.process('注.png', onePixelBits(100, 100, [chunk('zTXt', words)]));
    expect(['ready', 'failed']).toContain(outcome.file.state);
    expect(outcome.grownBytes).toBeLessThan(150 * MiB);
  });

  it('of thousands of frames or pages is seen by its first', async () => {
    const moving = await world.process('动.gif', gif(20_000));
    expect(moving.file).toMatchObject({ state: 'ready', width: 500, height: 500 });
    expect(moving.grownBytes).toBeLessThan(150 * MiB);
    const one = await samples.png(64, 64);
    const frames = Array.from({ length: 300 }, () => one);
    const stack = sharp(frames, { join: { animated: true } });
    const webp = await world.process('动.webp', await stack.clone().webp().toBuffer());
    expect(webp.file).toMatchObject({ state: 'ready', width: 64, height: 64 });
    const tiff = await world.process('多页.tiff', await stack.clone().tiff().toBuffer());
    expect(tiff.file).toMatchObject({ state: 'ready', width: 64, height: 64 });
    const control = Buffer.alloc(8);
    control.writeUInt32BE(1_000_000, 0);
    const apng = await world.process('动.png', onePixelBits(100, 100, [chunk('acTL', control)]));
    expect(apng.file).toMatchObject({ state: 'ready', width: 100, height: 100 });
  });

  it('that is cut off, or torn in the middle, is said to be broken', async () => {
    const jpeg = await sharp(await samples.png(2000, 1500))
      .jpeg()
      .toBuffer();
    await refused('断.jpg', jpeg.subarray(0, jpeg.length >> 1), 'preview_failed');
    await refused('头.jpg', jpeg.subarray(0, 100), 'preview_failed');
    const webp = await sharp(await samples.png(2000, 1500))
      .webp()
      .toBuffer();
    await refused('断.webp', webp.subarray(0, webp.length >> 1), 'preview_failed');
    const looped = Buffer.from('49492a00080000000000080000000800', 'hex');
    await refused('圈.tiff', looped, 'preview_failed');
  });

  it('of a telephone is not larger than any other', async () => {
    // Made by: heif-enc -q 10 -p preset=ultrafast of a green picture of 13000 × 10000.
    const bomb = gunzipSync(await readFile(join(import.meta.dirname, '130-megapixels.heic.gz')));
    expect(bomb.length).toBeLessThan(32_000);
    await refused('大.heic', bomb, 'file_too_complex');
    const whole = await samples.heic(world.folder);
    await refused('断.heic', whole.subarray(0, 600), 'preview_failed');
    const lying = Buffer.from(whole);
    lying.writeUInt32BE(0x7fff, lying.indexOf('ispe') + 8);
    const { file, grownBytes } = await world.process('谎.heic', lying);
    // What it says of itself is not what it is.
    expect(file).toMatchObject({ state: 'ready', width: 900, height: 600 });
    expect(grownBytes).toBeLessThan(200 * MiB);
  });

  it('that is a drawing fetches nothing, neither from the network nor from this machine', async () => {
    // Red if it were read.
    const secret = join(world.folder, 'red.png');
    await writeFile(
      secret,
      await sharp({ create: { width: 100, height: 100, channels: 3, background: '#f00' } })
        .png()
        .toBuffer(),
    );
    const red = `data:image/png;base64,${(await readFile(secret)).toString('base64')}`;
    const drawing = (href: string) =>
      Buffer.from(
        `<svg xmlns="http://www.w3.org/2000/svg" ${xlink} width="100" height="100"><style>@import url("${door.address}/style.css");</style><rect width="100" height="100" fill="#0f0"/><image width="100" height="100" xlink:href="${href}" href="${href}"/><use xlink:href="${href}#a"/></svg>`,
      );
    const colourOf = async (href: string) => {
      const { id, file } = await world.process('图.svg', drawing(href));
      expect(file).toMatchObject({ state: 'ready', mediaType: 'image/svg+xml', width: 100, height: 100 });
      await world.expectOnlyDownload(id);
      return [...(await thumbnail(id)).data.subarray(0, 3)].map((value) => Math.round(value / 255));
    };
    expect(await colourOf(red), 'the drawing would show it').toEqual([1, 0, 0]);
    for (const href of [`file://${secret}`, secret, `../../${secret}`, 'red.png', `${door.address}/red.png`]) {
      expect(await colourOf(href), href).toEqual([0, 1, 0]);
    }
    expect(door.visits).toEqual([]);
  });

  it('that is a drawing reads no file by an entity, and multiplies none', async () => {
    const passwd = `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg" width="400" height="40"><text y="20">&x;</text></svg>`;
    const { text } = await world.process('外.svg', Buffer.from(passwd));
    expect(text).toBe('');
    const levels = 'abcdefghij'
      .split('')
      .map(
        (name, n, all) =>
          `<!ENTITY ${name} "${n === 0 ? "<rect width='9' height='9'/>" : `&${all[n - 1]};`.repeat(10)}">`,
      );
    const laughs = `<!DOCTYPE svg [${levels.join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="99" height="99">&j;</svg>`;
    const outcome = await world.process('笑.svg', Buffer.from(laughs));
    expect(outcome.file.state).toBe('failed');
    expect(outcome.grownBytes).toBeLessThan(150 * MiB);
  });

  it('that is a drawing neither takes all memory nor all time', async () => {
    const drawing = (size: string, content = '') =>
      Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" ${xlink} ${size}>${content}</svg>`);
    await refused('大.svg', drawing('width="30000" height="30000"'), 'file_too_complex');
    const endless = await world.process('更大.svg', drawing('width="1e9" height="1e9"'));
    expect(endless.file.width ?? 0).toBeLessThan(50_000);
    expect(endless.grownBytes).toBeLessThan(150 * MiB);
    const layers = Array.from(
      { length: 60 },
      () => '<feTurbulence numOctaves="1000" baseFrequency="0.9"/><feMorphology radius="900"/>',
    ).join('');
    const slow = drawing(
      'width="9000" height="9000"',
      `<filter id="f" x="0" y="0" width="1" height="1">${layers}</filter><rect width="9000" height="9000" filter="url(#f)"/>`,
    );
    await refused('慢.svg', slow, 'file_too_complex');
    // The server is there for others all the while.
    expect((await world.process('小.png', await samples.png(100, 50))).file.state).toBe('ready');
  });

  it('that is a drawing with scripts is only ever shown as pixels', async () => {
    const scripted = `<svg xmlns="http://www.w3.org/2000/svg" width="50" height="50" onload="alert(1)"><script>alert(1)</script><foreignObject width="50" height="50"><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignObject><rect width="50" height="50" fill="#00f"/></svg>`;
    const { id, file } = await world.process('脚本.svg', Buffer.from(scripted));
    expect(file).toMatchObject({ state: 'ready', width: 50, height: 50 });
    await world.expectOnlyDownload(id);
    const response = await world.request(`/files/${id}/thumbnail`);
    await response.body?.cancel();
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });
});
