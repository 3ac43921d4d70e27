import { setTimeout as sleep } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withinTime } from '../../../server/previews/deadline.ts';
import type { Tools } from '../../../server/previews/preview.ts';
import * as samples from '../samples.ts';
import { openListener } from './listener.ts';
import { font, pages, stream, writePdf } from './pdf-writer.ts';
import { createHostileWorld, type HostileWorld } from './world.ts';

const MiB = 1024 ** 2;
const words = stream('', 'BT /F 40 Tf 50 400 Td (own words) Tj ET');
const resources = `<</Font<</F ${font}>>>>`;

describe('a hostile PDF', { timeout: 180_000 }, () => {
  let world: HostileWorld;
  let door: Awaited<ReturnType<typeof openListener>>;
  beforeAll(async () => {
    world = await createHostileWorld();
    door = await openListener();
  });
  afterAll(async () => {
    await world.close();
    await door.close();
  });

  async function processed(name: string, content: Uint8Array) {
    const outcome = await world.process(name, content);
    expect(outcome.grownBytes).toBeLessThan(200 * MiB);
    return outcome;
  }

  it('of 10,000 pages shows its first ones', async () => {
    const low = stream('', 'BT /F 40 Tf 50 20 Td (own words) Tj ET');
    const { id, file, text } = await processed('一万页.pdf', writePdf(pages(10_000, low, resources, '0 0 842 80')));
    expect(file).toMatchObject({ state: 'ready', pages: 300, errorCode: null });
    expect(text.match(/own words/g)?.length).toBeLessThanOrEqual(300);
    const last = await world.request(`/files/${id}/pages/300?width=320`);
    expect([last.status, (await last.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
    expect(await world.refusal(`/files/${id}/pages/301`)).toBe('404 not_found');
  });

  it('that only says that it has as many has none', async () => {
    const one = pages(1, words, resources);
    one[1] = '<</Type/Pages/Count 2000000000/Kids[5 0 R]>>';
    const { file, tookMs } = await processed('谎.pdf', writePdf(one));
    expect(file.pages ?? 0).toBeLessThanOrEqual(300);
    expect(tookMs).toBeLessThan(120_000);
  });

  it.each([
    ['as wide and high as there are', '0 0 14400 14400', 'ready'],
    ['of no height', '0 0 14400 0.001', null],
    ['of no width', '0 0 0.001 14400', null],
    ['of no number', '0 0 1e300 -1e300', null],
  ])('with pages %s is drawn as wide as any, or not at all', async (_what, size, state) => {
    const { id, file } = await processed('大.pdf', writePdf(pages(2, words, resources, size)));
    if (state !== null) expect(file.state).toBe(state);
    if (file.state === 'failed') return;
    const previews = await world.db.selectFrom('preview').selectAll().where('file_id', '=', id).execute();
    for (const { width, height } of previews) expect([width <= 1280, height <= 16_384]).toEqual([true, true]);
  });

  it('with scripts, programs to launch and forms to send does none of it', async () => {
    const address = `${door.address}/gone`;
    const actions = [
      `/OpenAction<</S/JavaScript/JS(app.launchURL\\("${address}"\\);this.submitForm\\("${address}"\\))>>`,
      `/AA<</WC<</S/Launch/F(/bin/sh)/Win<</F(cmd.exe)>>>>/DS<</S/URI/URI(${address})>>>>`,
      `/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>/EmbeddedFiles<</Names[(a)<</Type/Filespec/F(../../../../tmp/tongke-embedded)/EF<</F 3 0 R>>>>]>>>>`,
    ].join('');
    const reached = `${resources.slice(0, -2)}/XObject<</X<</Type/XObject/Subtype/Image/Width 1/Height 1/F(/etc/passwd)/FFilter/DCTDecode>>>>>>`;
    const { file, text } = await processed('动作.pdf', writePdf(pages(1, words, reached, '0 0 595 842', actions)));
    expect(file).toMatchObject({ state: 'ready', pages: 1 });
    expect(text).toContain('own words');
    expect(text).not.toMatch(/root:/);
    expect(door.visits).toEqual([]);
  });

  it('with tables and trees that lead back to themselves ends', async () => {
    const looped = pages(1, words, resources);
    looped[1] = '<</Type/Pages/Count 1/Kids[2 0 R 5 0 R]/Parent 2 0 R>>';
    await processed('圈.pdf', writePdf(looped));
    const whole = writePdf(pages(1, words, resources)).toString('latin1');
    const at = whole.lastIndexOf('xref\n0');
    const back = whole.replace(/trailer\n<</, `trailer\n<</Prev ${at}/XRefStm ${at}`);
    const { tookMs } = await processed('回.pdf', Buffer.from(back, 'latin1'));
    expect(tookMs).toBeLessThan(60_000);
    const lost = whole.replace(/startxref\n\d+/, 'startxref\n99999999');
    expect((await processed('失.pdf', Buffer.from(lost, 'latin1'))).file).toMatchObject({ state: 'ready', pages: 1 });
  });

  it('whose content unpacks without end, or draws itself a billion times, is given up', async () => {
    const empty = deflateSync(Buffer.alloc(300 * MiB, ' '), { level: 9 });
    const packed = stream('/Filter/FlateDecode', empty).toString('latin1');
    const bomb = pages(1, words, resources);
    bomb[2] = packed;
    const { file, tookMs } = await processed(
      '弹.pdf',
      Buffer.from(writePdf(bomb.map((one) => Buffer.from(one, 'latin1')))),
    );
    expect(['ready', 'failed']).toContain(file.state);
    expect(tookMs).toBeLessThan(130_000);
    const form = (n: number) => {
      const inner = n === 0 ? font : `${n + 5} 0 R`;
      const draw = n === 0 ? 'BT /F 9 Tf (x) Tj ET' : '/X Do '.repeat(20);
      const resource = n === 0 ? `/Font<</F ${inner}>>` : `/XObject<</X ${inner}>>`;
      return stream(`/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<${resource}>>`, draw);
    };
    const laughing = [
      ...pages(1, stream('', '/X Do '.repeat(20)), '<</XObject<</X 14 0 R>>>>'),
      ...Array.from({ length: 9 }, (_, n) => form(n)),
    ];
    const outcome = await processed('笑.pdf', writePdf(laughing));
    expect(outcome.file).toMatchObject({ state: 'failed', errorCode: 'file_too_complex' });
  });

  it.each([
    ['archive', async () => samples.zip({ 'a.txt': 'a' }), 'application/zip'],
    ['program', async () => Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0', 'latin1'), null],
    ['page', async () => Buffer.from('<html><script>alert(1)</script>%PDF-1.7'), 'text/html'],
  ])('that is a %s in truth is only ever downloaded', async (_what, content, mediaType) => {
    const { id, file } = await processed('其实不是.pdf', await content());
    expect(file.pages).toBeNull();
    if (mediaType !== null) expect(file.mediaType).toBe(mediaType);
    expect(file.mediaType).not.toBe('application/pdf');
    await world.expectOnlyDownload(id);
  });

  it('of slow pages is given up after all its time, and a stop is none of its doing', async () => {
    const tools = { signal: new AbortController().signal } as Tools;
    const slow = async ({ signal }: Tools) => sleep(5000, 'done', { signal });
    await expect(withinTime(tools, slow, 50)).rejects.toMatchObject({ code: 'file_too_complex' });
    const stopped = { signal: AbortSignal.timeout(20) } as Tools;
    await expect(withinTime(stopped, slow, 1000)).rejects.toThrow(/abort/i);
    expect(await withinTime(tools, async () => 'done', 50)).toBe('done');
  });
});
