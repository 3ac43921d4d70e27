import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileSchema } from '../../server/files/schema.ts';
import { openPreviewProcessor } from '../../server/previews/open-processor.ts';
import type { PreviewProcessor, Programs } from '../../server/previews/processor.ts';
import { createFilesWorld, type FilesWorld, log, sha256, upload } from './files-world.ts';
import { programs } from './sample-programs.ts';
import * as samples from './samples.ts';

describe('processing a file', () => {
  let world: FilesWorld;
  let folder: string;
  const changes: { fileId: string; state: string }[] = [];

  const open = (given: Partial<Programs> = {}) =>
    openPreviewProcessor({
      db: world.db,
      storage: world.storage,
      directory: join(world.folder, 'tmp'),
      programs: { ...programs, ...given },
      log,
      onFileChanged: async (tx, fileId) => {
        const { state } = await tx
          .selectFrom('file')
          .select('state')
          .where('id', '=', fileId)
          .executeTakeFirstOrThrow();
        changes.push({ fileId, state });
      },
    });
  let processor: PreviewProcessor;

  beforeAll(async () => {
    world = await createFilesWorld();
    folder = await mkdtemp(join(tmpdir(), 'samples-'));
    processor = await open();
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  const context = {
    /** Of each file anew. */
    get signal() {
      return AbortSignal.timeout(120_000);
    },
    lastAttempt: false,
    log,
  };
  async function processed(name: string, content: Uint8Array, by = processor) {
    const id = await upload(world, name, content);
    await by.process(id, context);
    const response = await world.request(`/files/${id}`);
    const pages = await world.db
      .selectFrom('page_text')
      .select(['number', 'text'])
      .where('file_id', '=', id)
      .orderBy('number')
      .execute();
    const texts = Object.fromEntries(pages.map(({ number, text }) => [number, text]));
    return { id, file: fileSchema.parse(await response.json()), texts };
  }
  async function image(path: string) {
    const response = await world.request(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    const content = Buffer.from(await response.arrayBuffer());
    const { format, width = 0, height = 0 } = await sharp(content).metadata();
    expect(format).toBe('webp');
    return { width, height, content };
  }

  it('draws the pages of a Word document and finds its words', { timeout: 60_000 }, async () => {
    const content = await samples.docx();
    const { id, file, texts } = await processed('分数的初步认识.docx', content);
    expect(file).toMatchObject({
      state: 'ready',
      errorCode: null,
      pages: 2,
      sha256: sha256(content),
      bytes: content.length,
    });
    expect(file.mediaType).toBe('application/vnd.openxmlformats-officedocument.wordprocessingml.document');
    expect(texts[1]).toContain('几分之一');
    for (const width of [320, 640, 1280])
      expect((await image(`/files/${id}/pages/2?width=${width}`)).width).toBe(width);
    // Something is drawn: Chinese without a font would be as blank as paper.
    const { content: page } = await image(`/files/${id}/pages/1`);
    const { channels } = await sharp(page).greyscale().stats();
    expect(channels[0]?.stdev).toBeGreaterThan(5);
    expect((await image(`/files/${id}/thumbnail?width=160`)).width).toBe(160);
    expect(await world.refusal(`/files/${id}/pages/3`)).toBe('404 not_found');
    expect(await world.refusal(`/files/${id}/pages/0`)).toBe('400 invalid_input');
    expect(await world.refusal(`/files/${id}/pages/1?width=5000`)).toBe('400 invalid_input');
    expect(await world.refusal(`/files/${id}/poster`)).toBe('404 not_found');
    expect(changes.filter((one) => one.fileId === id).map(({ state }) => state)).toEqual(['processing', 'ready']);
  });

  it('draws slides, tables and the Word of old', { timeout: 90_000 }, async () => {
    const slides = await processed('周长.pptx', await samples.pptx());
    expect(slides.file).toMatchObject({ state: 'ready', pages: 3 });
    const { width, height } = await image(`/files/${slides.id}/pages/3`);
    expect(width / height).toBeCloseTo(16 / 9, 1);
    expect((await processed('成绩.xlsx', await samples.xlsx())).file).toMatchObject({ state: 'ready', pages: 1 });
    expect((await processed('旧教案.doc', await samples.doc(folder))).file).toMatchObject({
      state: 'ready',
      pages: 2,
      mediaType: 'application/msword',
    });
  });

  it('draws a PDF of many pages', { timeout: 60_000 }, async () => {
    const { id, file, texts } = await processed('练习.pdf', await samples.pdf(11));
    expect(file).toMatchObject({ state: 'ready', pages: 11, mediaType: 'application/pdf' });
    expect(texts[11]).toContain('Page 11 of the worksheet');
    const { content } = await image(`/files/${id}/pages/11?width=320`);
    expect(content.equals((await image(`/files/${id}/pages/1?width=320`)).content)).toBe(false);
  });

  it('shrinks pictures and never enlarges them', async () => {
    const large = await processed('大图.png', await samples.png(2000, 1000));
    expect(large.file).toMatchObject({ state: 'ready', width: 2000, height: 1000, pages: null });
    expect(await image(`/files/${large.id}/thumbnail?width=320`)).toMatchObject({ width: 320, height: 160 });
    const small = await processed('小图.png', await samples.png(100, 50));
    expect(await image(`/files/${small.id}/thumbnail?width=640`)).toMatchObject({ width: 100, height: 50 });
    const turned = await sharp(await samples.png(400, 200))
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    expect((await processed('竖.jpg', turned)).file).toMatchObject({ width: 200, height: 400 });
  });

  it('reads the pictures of telephones', async () => {
    const { id, file } = await processed('照片.heic', await samples.heic(folder));
    expect(file).toMatchObject({ state: 'ready', mediaType: 'image/heic', width: 900, height: 600 });
    expect(await image(`/files/${id}/thumbnail`)).toMatchObject({ width: 320 });
  });

  it('takes a poster and the length of a video, and the length of a sound', async () => {
    const video = await processed('微课.mp4', await samples.mp4(folder));
    expect(video.file).toMatchObject({
      state: 'ready',
      mediaType: 'video/mp4',
      width: 640,
      height: 360,
      hasPoster: true,
    });
    expect(video.file.durationMs).toBeGreaterThan(2900);
    expect(video.file.durationMs).toBeLessThan(3200);
    expect(await image(`/files/${video.id}/poster`)).toMatchObject({ width: 640, height: 360 });
    expect(await image(`/files/${video.id}/thumbnail?width=160`)).toMatchObject({ width: 160, height: 90 });
    const sound = await processed('朗读.mp3', await samples.mp3(folder));
    expect(sound.file).toMatchObject({ state: 'ready', mediaType: 'audio/mpeg', hasPoster: false, width: null });
    expect(sound.file.durationMs).toBeGreaterThan(1900);
  });

  it('reads texts, also those of Chinese Windows', async () => {
    expect((await processed('说明.txt', Buffer.from('同课异构\n教研活动'))).texts).toEqual({ 1: '同课异构 教研活动' });
    const gb18030 = Buffer.from([0xb7, 0xd6, 0xca, 0xfd, 0x0d, 0x0a]);
    expect((await processed('旧.txt', gb18030)).texts).toEqual({ 1: '分数' });
    expect((await processed('题.csv', Buffer.from('题目,答案\n1+1,2'))).file).toMatchObject({
      mediaType: 'text/csv',
      state: 'ready',
    });
    expect((await processed('稿.md', Buffer.from('# 标题'))).file.mediaType).toBe('text/markdown');
  });

  it.each([
    ['网页.txt', '<!doctype html><script>alert(1)</script>', 'text/html'],
    ['图.png', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)" width="10" height="10"/>', 'image/svg+xml'],
    ['程序.docx', '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0', 'application/x-elf'],
    ['随便.pdf', '\0\x01\x02\x03\x04\x05', 'application/octet-stream'],
  ])('goes by what %s really is', async (name, content, mediaType) => {
    const { id, file } = await processed(name, Buffer.from(content, 'latin1'));
    expect(file).toMatchObject({ state: 'ready', mediaType });
    const served = await world.request(`/files/${id}/content?disposition=inline`);
    expect(served.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(served.headers.get('content-security-policy')).toContain('sandbox');
    expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('tells documents apart from the zip they are in', async () => {
    const archive = await samples.zip({ '教案/一.txt': '一', '教案/二.txt': '二' });
    expect((await processed('一批.zip', archive)).file).toMatchObject({ state: 'ready', mediaType: 'application/zip' });
    expect((await processed('改名.docx', archive)).file.mediaType).toBe('application/zip');
    expect((await processed('改名.zip', await samples.xlsx())).file.mediaType).toContain('spreadsheetml');
    expect((await processed('白板.enbx', archive)).file.mediaType).toBe('application/x-enbx');
  });

  it('says that a document is locked, or broken', { timeout: 60_000 }, async () => {
    const locked = await processed('锁.pdf', await samples.pdf(1, { userPassword: 'geheim', pdfVersion: '1.7' }));
    expect(locked.file).toMatchObject({ state: 'failed', errorCode: 'file_encrypted', mediaType: 'application/pdf' });
    expect(locked.file.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect((await world.request(`/files/${locked.id}/content`)).status).toBe(200);
    const cut = (await samples.pdf(3)).subarray(0, 400);
    expect((await processed('断.pdf', cut)).file).toMatchObject({ state: 'failed', errorCode: 'preview_failed' });
    const torn = (await samples.png(600, 600)).subarray(0, 500);
    expect((await processed('断.png', torn)).file).toMatchObject({ state: 'failed', errorCode: 'preview_failed' });
    const clip = (await samples.mp4(folder)).subarray(0, 2000);
    expect((await processed('断.mp4', clip)).file).toMatchObject({ state: 'failed', errorCode: 'preview_failed' });
  });

  it('refuses a picture that would need all memory', async () => {
    const bomb = await sharp({
      create: { width: 16_000, height: 16_000, channels: 3, background: '#fff' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 9 })
      .toBuffer();
    expect((await processed('炸弹.png', bomb)).file).toMatchObject({ state: 'failed', errorCode: 'file_too_complex' });
  });

  it('is ready without a preview where the converter is not installed', async () => {
    const without = await open({ soffice: 'no-such-soffice', ffprobe: '/nowhere/ffprobe' });
    const { file } = await processed('教案.docx', await samples.docx(), without);
    expect(file).toMatchObject({ state: 'ready', errorCode: 'preview_unavailable', pages: null });
    expect(file.sha256).not.toBeNull();
    expect((await processed('微课.mp4', await samples.mp4(folder), without)).file.errorCode).toBe(
      'preview_unavailable',
    );
  });

  it('notices content that is not what was announced', async () => {
    const id = await upload(world, 'a.txt', Buffer.from('content'));
    await world.db
      .updateTable('file')
      .set({ sha256: 'a'.repeat(64) })
      .where('id', '=', id)
      .execute();
    await processor.process(id, context);
    const file = fileSchema.parse(await (await world.request(`/files/${id}`)).json());
    expect(file).toMatchObject({
      state: 'failed',
      errorCode: 'checksum_mismatch',
      sha256: sha256(Buffer.from('content')),
    });
  });

  it('leaves nothing behind, and may be done again', { timeout: 60_000 }, async () => {
    const { id } = await processed('练习.pdf', await samples.pdf(2));
    const known = async () => {
      const previews = world.db.selectFrom('preview').select('object_key').where('file_id', '=', id);
      const words = world.db.selectFrom('page_words').select('object_key').where('file_id', '=', id);
      return previews.unionAll(words).execute();
    };
    const before = await known();
    await world.storage.put(
      `previews/${id}/killed/page-1-320.webp`,
      (async function* () {
        yield Buffer.from('x');
      })(),
      { bytes: 1 },
    );
    await processor.process(id, context);
    const after = await known();
    expect(after).toHaveLength(before.length);
    const keys: string[] = [];
    for await (const { key } of world.storage.list(`previews/${id}/`)) keys.push(key);
    expect(keys.toSorted()).toEqual(after.map(({ object_key }) => object_key).toSorted());
    expect(await readdir(join(world.folder, 'tmp'))).toEqual([]);
  });

  it('stops when it is told to, for another try', async () => {
    const id = await upload(world, '周长.pptx', await samples.pptx());
    const abort = new AbortController();
    const work = processor.process(id, { ...context, signal: abort.signal });
    setTimeout(() => abort.abort(), 400);
    await expect(work).rejects.toThrow(/abort/i);
    const file = fileSchema.parse(await (await world.request(`/files/${id}`)).json());
    expect(file.state).toBe('processing');
    expect(await readdir(join(world.folder, 'tmp'))).toEqual([]);
  });
});

it('follows a file from its last byte to its removal', { timeout: 60_000 }, async () => {
  const world = await createFilesWorld({
    processor: (given) => openPreviewProcessor({ ...given, programs, log, onFileChanged: async () => undefined }),
  });
  const id = await upload(world, '练习.pdf', await samples.pdf(2));
  const asked = async () => fileSchema.parse(await (await world.request(`/files/${id}`)).json());
  await vi.waitFor(async () => expect(await asked()).toMatchObject({ state: 'ready', pages: 2 }), { timeout: 30_000 });
  expect((await world.request(`/files/${id}/pages/2`)).status).toBe(200);
  expect((await world.request(`/files/${id}`, { method: 'DELETE' })).status).toBe(204);
  await vi.waitFor(async () => expect(await world.storage.stat(`files/${id}`)).toBeNull(), { timeout: 20_000 });
  await vi.waitFor(
    async () => {
      const keys: string[] = [];
      for await (const { key } of world.storage.list(`previews/${id}/`)) keys.push(key);
      expect(keys).toEqual([]);
    },
    { timeout: 20_000 },
  );
  await world.close();
});
