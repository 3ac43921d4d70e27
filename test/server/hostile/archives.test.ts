import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createDeflateRaw } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as samples from '../samples.ts';
import { createHostileWorld, type HostileWorld } from './world.ts';
import { entriesOf, type RawEntry, withChanged, writeZip } from './zip-writer.ts';

const MiB = 1024 ** 2;
const text = (words: string) => Buffer.from(words);

/** Spaces without end, deflated piece by piece so that the test needs no memory for them. */
async function spaces(bytes: number): Promise<Buffer> {
  const deflate = createDeflateRaw({ level: 9 });
  const piece = Buffer.alloc(MiB, ' ');
  const out: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => out.push(chunk));
  for (let sent = 0; sent < bytes; sent += MiB) {
    if (!deflate.write(piece)) await new Promise((resolve) => deflate.once('drain', resolve));
  }
  const ended = once(deflate, 'end');
  deflate.end();
  await ended;
  return Buffer.concat(out);
}

describe('a document that is an archive', { timeout: 120_000 }, () => {
  let world: HostileWorld;
  let plain: RawEntry[];
  let bomb: Buffer;
  beforeAll(async () => {
    world = await createHostileWorld();
    plain = entriesOf(await samples.docx());
    bomb = await spaces(600 * MiB);
  });
  afterAll(() => world.close());

  async function refused(name: string, content: Uint8Array, code = 'file_suspicious') {
    const outcome = await world.process(name, content);
    expect(outcome.file).toMatchObject({ state: 'failed', errorCode: code, pages: null });
    expect(outcome.text).toBe('');
    await world.expectOnlyDownload(outcome.id);
    return outcome;
  }

  it('is drawn when it is only written in another way', async () => {
    expect((await world.process('教案.docx', writeZip(plain))).file).toMatchObject({ state: 'ready', pages: 2 });
  });

  it('is not unpacked without end', async () => {
    const entry = { name: 'word/media/image1.emf', content: bomb, unpackedBytes: 600 * MiB };
    expect(bomb.length).toBeLessThan(MiB);
    const outcome = await refused('炸弹.docx', writeZip([...plain, entry]));
    expect(outcome.grownBytes).toBeLessThan(150 * MiB);
    expect(outcome.tookMs).toBeLessThan(10_000);
  });

  it('is believed no length that it says', async () => {
    const entry = { name: 'word/media/image1.emf', content: bomb, unpackedBytes: 600 * MiB, saidBytes: 1000 };
    await refused('谎.docx', writeZip([...plain, entry]));
    await refused(
      '谎.xlsx',
      writeZip([...entriesOf(await samples.xlsx()), { name: 'a', content: text('abc'), stored: true, saidBytes: 9 }]),
    );
  });

  it('is no bomb by the sum of many small ones either', async () => {
    const small = await spaces(30 * MiB);
    const many = Array.from({ length: 40 }, (_, n) => ({
      name: `word/media/${n}.emf`,
      content: small,
      unpackedBytes: 30 * MiB,
    }));
    const outcome = await refused('许多.docx', writeZip([...plain, ...many]), 'file_too_complex');
    expect(outcome.grownBytes).toBeLessThan(150 * MiB);
  });

  it('may hold what is large as it is', async () => {
    const video = { name: 'word/media/video.mp4', content: Buffer.alloc(20 * MiB, 'v'), stored: true };
    expect((await world.process('大.docx', writeZip([...plain, video]))).file).toMatchObject({
      state: 'ready',
      pages: 2,
    });
  });

  it('shares no bytes between entries', async () => {
    const first = plain.length;
    const kernel: RawEntry = { name: 'word/media/0.emf', content: bomb.subarray(0, 5000), unpackedBytes: MiB };
    const quoted = Array.from(
      { length: 50 },
      (_, n): RawEntry => ({ ...kernel, name: `word/media/${n + 1}.emf`, sharedWith: first }),
    );
    await refused('重叠.docx', writeZip([...plain, kernel, ...quoted]));
  });

  it('has not too many entries', async () => {
    const many = Array.from(
      { length: 11_000 },
      (_, n): RawEntry => ({ name: `x/${n}`, content: Buffer.alloc(0), stored: true }),
    );
    await refused('很多.docx', writeZip([...plain, ...many]), 'file_too_complex');
  });

  it('holds documents, but not in one another for ever', async () => {
    const sheet = await samples.xlsx();
    const deck = writeZip([...plain, { name: 'word/embeddings/book.xlsx', content: sheet, stored: true }]);
    expect((await world.process('内嵌.docx', deck)).file).toMatchObject({ state: 'ready', pages: 2 });
    let nested: Uint8Array = sheet;
    for (let n = 0; n < 3; n++) nested = writeZip([{ name: 'inner.zip', content: nested, stored: n % 2 === 0 }]);
    await refused('套娃.docx', writeZip([...plain, { name: 'word/embeddings/a.bin', content: nested, stored: true }]));
    const inner = writeZip([{ name: 'bomb', content: bomb, unpackedBytes: 600 * MiB }]);
    await refused('内弹.docx', writeZip([...plain, { name: 'word/embeddings/a.bin', content: inner, stored: true }]));
  });

  it.each([
    '../../../../tmp/tongke-climbed',
    '/tmp/tongke-climbed',
    'C:/tmp/climbed',
    '..\\..\\tongke-climbed',
    'word/\0x',
  ])('has no entry named %j', async (name) => {
    await refused('路径.docx', writeZip([...plain, { name, content: text('climbed') }]));
    expect(existsSync('/tmp/tongke-climbed')).toBe(false);
  });

  it('names no two entries alike', async () => {
    await refused('重名.docx', writeZip([...plain, { name: 'WORD/document.xml', content: text('<other/>') }]));
  });

  it('is told to be locked where it is', async () => {
    await refused(
      '锁.docx',
      writeZip([...plain, { name: 'x', content: text('x'), encrypted: true }]),
      'file_encrypted',
    );
  });

  it('is broken where its end is missing, or its middle', async () => {
    const whole = writeZip(plain);
    await refused('断.docx', whole.subarray(0, whole.length - 200), 'preview_failed');
    const torn = Buffer.from(whole);
    const middle = plain.findIndex(({ name }) => name === 'word/document.xml');
    const start = whole.indexOf(plain[middle]?.name ?? '') + 17;
    torn.fill(0xff, start, start + 60);
    await refused('坏.docx', torn, 'preview_failed');
  });

  const laughs = `<!DOCTYPE lolz [<!ENTITY a "haha">${'bcdefghij'
    .split('')
    .map((name, n) => `<!ENTITY ${name} "${`&${'abcdefghi'[n]};`.repeat(10)}">`)
    .join('')}]>`;
  const declared = (declaration: string, use: string) => (document: string) =>
    document.replace(/^(<\?xml[^>]*\?>)?/, (start) => `${start}${declaration}`).replace('教学目标', `${use}教学目标`);

  it.each([
    ['entities that multiply', laughs, '&j;'],
    ['a file of ours', '<!DOCTYPE x [<!ENTITY passwd SYSTEM "file:///etc/passwd">]>', '&passwd;'],
    ['an address', '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', ''],
    ['a parameter', '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>', ''],
  ])('declares not %s', async (_what, declaration, use) => {
    const change = { 'word/document.xml': declared(declaration, use) };
    await refused('外部.docx', writeZip(withChanged(plain, change)));
  });

  it('hides no declaration behind another encoding or a long comment', async () => {
    const xxe = '<!DOCTYPE x [<!ENTITY passwd SYSTEM "file:///etc/passwd">]>';
    const wide = (document: string) =>
      declared(xxe, '&passwd;')(document).replace(/encoding="UTF-8"/i, 'encoding="UTF-16"');
    const utf16 = plain.map((one) =>
      one.name === 'word/document.xml'
        ? { ...one, content: Buffer.from(`\ufeff${wide(Buffer.from(one.content).toString())}`, 'utf16le') }
        : one,
    );
    await refused('宽.docx', writeZip(utf16));
    const comment = `<!--${'x'.repeat(300_000)}-->${xxe}`;
    await refused('注释.docx', writeZip(withChanged(plain, { 'word/document.xml': declared(comment, '&passwd;') })));
  });

  it('may hold drawings of common programs, which declare what they like', async () => {
    const drawing = `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;"/>`;
    const content = writeZip([...plain, { name: 'word/media/image1.svg', content: text(drawing) }]);
    expect((await world.process('图.docx', content)).file).toMatchObject({ state: 'ready', pages: 2 });
  });
});
