import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileSchema, pageWordsSchema } from '../../server/files/schema.ts';
import { startCatchingUp } from '../../server/previews/jobs.ts';
import { openPreviewProcessor } from '../../server/previews/open-processor.ts';
import { spreadOverPages } from '../../server/previews/plain-text.ts';
import type { Programs } from '../../server/previews/processor.ts';
import { createFilesWorld, type FilesWorld, log, upload } from './files-world.ts';
import { programs } from './sample-programs.ts';

/** 同课异构，教案：把月饼平均分成四份。 in the bytes of Chinese Windows. */
const gbk = Buffer.from('cdacbfced2ecb9b9a3acbdccb0b8a3bab0d1d4c2b1fdc6bdbef9b7d6b3c9cbc4b7dda1a3', 'hex');
const words = '同课异构，教案：把月饼平均分成四份。';

const turned = (text: string) => Buffer.from(text, 'utf16le').swap16();
const writings: [string, Uint8Array][] = [
  ['UTF-8', Buffer.from(words)],
  ['UTF-8 with its mark', Buffer.from(`\ufeff${words}\r\n`)],
  ['GBK', gbk],
  // Of four bytes: 𠀀.
  ['GB 18030', Buffer.concat([gbk, Buffer.from('0d0a95328236', 'hex')])],
  ['UTF-16 of Windows', Buffer.from(`\ufeff${words}`, 'utf16le')],
  ['UTF-16, the other way round', turned(`\ufeff${words}`)],
];

describe('a text', () => {
  let world: FilesWorld;
  const open = (given: Partial<Programs> = {}) =>
    openPreviewProcessor({
      db: world.db,
      storage: world.storage,
      directory: join(world.folder, 'tmp'),
      programs: { ...programs, ...given },
      log,
      onFileChanged: async () => undefined,
    });

  beforeAll(async () => {
    world = await createFilesWorld({
      processor: ({ db, storage, directory }) =>
        openPreviewProcessor({ db, storage, directory, programs, log, onFileChanged: async () => undefined }),
    });
  });
  afterAll(() => world.close());

  const fileOf = async (id: string) => fileSchema.parse(await (await world.request(`/files/${id}`)).json());
  async function textsOf(id: string) {
    const rows = await world.db
      .selectFrom('page_text')
      .select(['number', 'text'])
      .where('file_id', '=', id)
      .orderBy('number')
      .execute();
    return rows.map(({ text }) => text);
  }
  async function processed(name: string, content: Uint8Array, given: Partial<Programs> = {}) {
    const id = await upload(world, name, content);
    // The job of the upload; two that work on one file at a time would take each other's pages away.
    await vi.waitFor(async () => expect((await fileOf(id)).state).toMatch(/ready|failed/), {
      timeout: 60_000,
      interval: 100,
    });
    if (Object.keys(given).length > 0) {
      const processor = await open(given);
      await processor.process(id, { signal: AbortSignal.timeout(120_000), lastAttempt: false, log });
    }
    return { id, file: await fileOf(id), texts: await textsOf(id) };
  }

  it.each(writings)('in %s is set in pages that can be read and found', { timeout: 60_000 }, async (_, content) => {
    const { id, file, texts } = await processed('教案.txt', content);
    expect(file).toMatchObject({ state: 'ready', errorCode: null, pages: 1, totalPages: 1, mediaType: 'text/plain' });
    expect(texts.join('')).toContain(words);
    // What stands on the page as it is drawn, and where.
    const answer = await world.request(`/files/${id}/pages/1/text`);
    const { lines } = pageWordsSchema.parse(await answer.json());
    expect(
      lines
        .flat()
        .map(({ text }) => text)
        .join(''),
    ).toContain('同课异构');
    const page = await world.request(`/files/${id}/pages/1?width=1280`);
    const { channels } = await sharp(Buffer.from(await page.arrayBuffer()))
      .greyscale()
      .stats();
    expect(channels[0]?.stdev).toBeGreaterThan(5);
    const served = await world.request(`/files/${id}/content`);
    expect(Buffer.from(await served.arrayBuffer()).equals(Buffer.from(content))).toBe(true);
  });

  it('of many pages is found by what its lines are broken in, on the page where it stands', {
    timeout: 60_000,
  }, async () => {
    const sentence =
      '把一个月饼平均分成四份，每份是它的四分之一，两份是它的四分之二，三份是它的四分之三，四份就是整个月饼了。';
    const parts = Array.from({ length: 120 }, (_, index) => `第${index + 1}段${sentence}`);
    const { file, texts } = await processed('长.txt', Buffer.from(parts.join('\r\n\r\n')));
    expect(file.pages).toBeGreaterThan(3);
    expect(texts).toHaveLength(file.pages ?? 0);
    const whole = texts.join('');
    for (const part of parts) expect(whole).toContain(part);
    const middle = texts.findIndex((text) => text.includes('第60段'));
    expect(middle).toBeGreaterThan(0);
    expect(middle).toBeLessThan(texts.length - 1);
  });

  it('stays one, whatever its name or its content would be to an office program', { timeout: 60_000 }, async () => {
    const table = 'ID;PWXL;N;E\r\nC;Y1;X1;K"1"\r\nC;Y2;X1;E=1+1\r\nE\r\n';
    const { file, texts } = await processed('表.txt', Buffer.from(table));
    expect(file).toMatchObject({ state: 'ready', pages: 1, mediaType: 'text/plain' });
    expect(texts[0]).toContain('C;Y2;X1;E=1+1');
  });

  it('that goes on as a program is refused', { timeout: 60_000 }, async () => {
    const start = Buffer.from('同课异构 教研活动\n'.repeat(5000));
    const { file, texts } = await processed('假.txt', Buffer.concat([start, Buffer.from('\x7fELF\0\0\x01', 'latin1')]));
    expect(file).toMatchObject({ errorCode: 'preview_failed', pages: null });
    expect(texts).toEqual([]);
  });

  it('that is too long has no pages and says so, but is found by its beginning', { timeout: 60_000 }, async () => {
    const long = Buffer.from(`开头\n${'同课异构教研活动。\n'.repeat(330_000)}`);
    const { file, texts } = await processed('长.txt', long);
    expect(file).toMatchObject({ state: 'ready', errorCode: 'file_too_complex', pages: null });
    expect(texts[0]).toMatch(/^开头 同课异构/);
    const short = await processed('短行.txt', Buffer.from('1\n'.repeat(100_001)));
    expect(short.file).toMatchObject({ state: 'ready', errorCode: 'file_too_complex', pages: null });
  });

  it('is found where no office program is installed', { timeout: 60_000 }, async () => {
    const { file, texts } = await processed('教案.txt', gbk, { soffice: 'no-such-soffice' });
    expect(file).toMatchObject({ state: 'ready', errorCode: 'preview_unavailable', pages: null });
    expect(texts).toEqual([words]);
  });

  it('of before is set in pages once the server starts', { timeout: 60_000 }, async () => {
    const add = async (name: string, more: { error_code?: string; deleted_at?: Date } = {}) => {
      const id = await upload(world, name, Buffer.from(words));
      await expect.poll(async () => (await fileOf(id)).state, { timeout: 30_000 }).toBe('ready');
      const values = { media_type: 'text/plain', pages: null, total_pages: null, ...more };
      await world.db.updateTable('file').set(values).where('id', '=', id).execute();
      return id;
    };
    const given = await add('有原因.txt', { error_code: 'file_too_complex' });
    const old = await add('旧.txt');
    const older = await add('更旧.txt');
    await startCatchingUp(world.jobs, world.db);
    for (const id of [old, older]) {
      await expect.poll(async () => (await fileOf(id)).pages, { timeout: 40_000, interval: 300 }).toBe(1);
    }
    expect((await fileOf(given)).pages).toBeNull();
  });
});

describe('a text over its pages', () => {
  it('keeps what the edge of a page breaks', () => {
    expect(spreadOverPages('甲乙丙丁戊\n己庚', '甲乙\n丙\f丁\n戊\n\f己庚\f', 3)).toEqual(['甲乙丙', '丁戊', '\n己庚']);
  });
  it('gives the last page what setting left out, unless more pages follow', () => {
    expect(spreadOverPages('甲乙丙丁', '甲\f乙\f', 2)).toEqual(['甲', '乙丙丁']);
    expect(spreadOverPages('甲乙丙丁', '甲\f乙\f', 3)).toEqual(['甲', '乙']);
    expect(spreadOverPages('甲', '甲乙丙\f丁\f', 3)).toEqual(['甲', '']);
  });
  it('counts what is written of two units as it is printed', () => {
    expect(spreadOverPages('𠀀甲乙', '𠀀\f甲乙\f', 3)).toEqual(['𠀀', '甲乙']);
  });
});
