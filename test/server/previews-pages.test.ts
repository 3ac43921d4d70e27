import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type File, fileSchema, type PageWord, pageShapesSchema, pageWordsSchema } from '../../server/files/schema.ts';
import { openPreviewProcessor } from '../../server/previews/open-processor.ts';
import type { PreviewProcessor, Programs } from '../../server/previews/processor.ts';
import { createFilesWorld, type FilesWorld, log, upload } from './files-world.ts';
import { programs } from './sample-programs.ts';
import * as samples from './samples.ts';

let world: FilesWorld;
let processor: PreviewProcessor;
const open = (mostPages?: number, given: Partial<Programs> = {}) =>
  openPreviewProcessor({
    db: world.db,
    storage: world.storage,
    directory: join(world.folder, 'tmp'),
    programs: { ...programs, ...given },
    log,
    onFileChanged: async () => undefined,
    ...(mostPages !== undefined && { mostPages }),
  });
beforeAll(async () => {
  world = await createFilesWorld();
  processor = await open();
});
afterAll(() => world.close());

const context = {
  /** Of each file anew. */
  get signal() {
    return AbortSignal.timeout(120_000);
  },
  lastAttempt: false,
  log,
};
async function asked(id: string): Promise<File> {
  return fileSchema.parse(await (await world.request(`/files/${id}`)).json());
}
async function processed(name: string, content: Uint8Array, by = processor) {
  const id = await upload(world, name, content);
  await by.process(id, context);
  return { id, file: await asked(id) };
}
async function wordsOf(id: string, page: number) {
  const response = await world.request(`/files/${id}/pages/${page}/text`);
  expect(response.status).toBe(200);
  const { lines } = pageWordsSchema.parse(await response.json());
  return {
    cache: response.headers.get('cache-control'),
    lines,
    texts: lines.map((line) => line.map((one) => one.text)),
  };
}
/** The piece of the page's image that the word stands on. */
async function pictureOf(id: string, page: number, word: PageWord) {
  const image = Buffer.from(await (await world.request(`/files/${id}/pages/${page}`)).arrayBuffer());
  const { width, height } = await sharp(image).metadata();
  const at = (part: number, whole: number) => Math.round((part / 10_000) * whole);
  const box = {
    left: at(word.x, width),
    top: at(word.y, height),
    width: at(word.width, width),
    height: at(word.height, height),
  };
  return sharp(image).extract(box).greyscale().raw().toBuffer();
}
const darkness = (pixels: Buffer) => pixels.filter((value) => value < 128).length / pixels.length;

it('keeps the words of a page with their places', { timeout: 60_000 }, async () => {
  const { id } = await processed('分数的初步认识.docx', await samples.docx());
  const first = await wordsOf(id, 1);
  expect(first.cache).toBe('private, max-age=31536000, immutable');
  expect(first.texts.flat().join('')).toContain('教学目标：结合具体情境初步认识几分之一。');
  const second = await wordsOf(id, 2);
  expect(second.texts.flat().join('')).toContain('课后练习');
  // Where a word is said to stand, something is drawn.
  const [title] = first.lines[0] ?? [];
  if (!title) throw new Error('The title has no place.');
  expect(darkness(await pictureOf(id, 1, title))).toBeGreaterThan(0.05);
  const beside = { ...title, y: title.y + 5000 };
  expect(darkness(await pictureOf(id, 1, beside))).toBe(0);
});

it('keeps the words of slides, of a turned page and of one with trimmed edges', { timeout: 60_000 }, async () => {
  const slides = await processed('周长.pptx', await samples.pptx());
  expect((await wordsOf(slides.id, 2)).texts).toEqual([['周长怎么量']]);
  for (const options of [{ Rotate: 90 }, { CropBox: [60, 400, 560, 780] }]) {
    const { id } = await processed('页.pdf', await samples.pdfWithPage(options));
    const [line = []] = (await wordsOf(id, 1)).lines;
    expect(line.map((one) => one.text)).toEqual(['Page', '1', 'of', 'the', 'worksheet']);
    for (const word of line) expect(darkness(await pictureOf(id, 1, word))).toBeGreaterThan(0.03);
  }
});

it('draws and reads a Chinese PDF that does not bring its fonts', { timeout: 60_000 }, async () => {
  const { id } = await processed('教案.pdf', samples.pdfWithoutFonts('分数一'));
  const { lines, texts } = await wordsOf(id, 1);
  expect(texts.flat().join('')).toBe('分数一');
  const word = lines[0]?.[0];
  if (!word) throw new Error('No word has a place.');
  expect(darkness(await pictureOf(id, 1, word))).toBeGreaterThan(0.05);
});

it('shows each sheet whole, but those that are too large for a page as they are printed', {
  timeout: 90_000,
}, async () => {
  // On paper, fourteen columns are two pages and more.
  const wide = await processed('成绩.xlsx', await samples.sheets([40, 14], [10, 3]));
  expect(wide.file).toMatchObject({ state: 'ready', pages: 2 });
  const texts = (await wordsOf(wide.id, 1)).texts.flat();
  for (const cell of ['第1行1', '第1行14', '第40行14']) expect(texts).toContain(cell);
  expect((await wordsOf(wide.id, 2)).texts.flat()).toHaveLength(30);
  const long = await processed('题库.xlsx', await samples.sheets([400, 2]));
  expect(long.file).toMatchObject({ state: 'ready' });
  expect(long.file.pages).toBeGreaterThan(5);
  expect((await wordsOf(long.id, long.file.pages ?? 0)).texts.flat()).toContain('第400行2');
  const spare = await processed('空表.xlsx', await samples.sheets([5, 2], [0, 0], [0, 0]));
  expect(spare.file).toMatchObject({ state: 'ready', pages: 1 });
});

it('answers pages without words, and refuses pages that are not there', { timeout: 60_000 }, async () => {
  const { id } = await processed('空.pdf', await samples.emptyPdf());
  expect(await wordsOf(id, 1)).toMatchObject({ cache: 'private, no-cache', lines: [] });
  expect(await world.refusal(`/files/${id}/pages/2/text`)).toBe('404 not_found');
  expect(await world.refusal(`/files/${id}/pages/0/text`)).toBe('400 invalid_input');
  for (const path of ['pages', 'pages/1/text'])
    expect(await world.refusal(`/files/${id}/${path}`, { as: 'colleague' })).toBe('404 not_found');
});

it('knows the shape of each page, and how many there are beyond those it draws', { timeout: 60_000 }, async () => {
  const { id, file } = await processed('长.pdf', await samples.pdf(7), await open(4));
  expect(file).toMatchObject({ pages: 4, totalPages: 7, progress: null });
  const response = await world.request(`/files/${id}/pages`);
  const { ratios } = pageShapesSchema.parse(await response.json());
  expect(ratios).toHaveLength(4);
  for (const ratio of ratios) expect(ratio).toBeCloseTo(612 / 792, 2);
  expect(await world.refusal(`/files/${id}/pages/5`)).toBe('404 not_found');
});

it('says how far it is, and no longer once it is done', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(world.folder, 'programs-'));
  await chmod(folder, 0o755);
  const slow = join(folder, 'pdfinfo');
  // Whoever asks on a busy machine must not miss the first step.
  await writeFile(slow, '#!/bin/sh\nsleep 1\nexec pdfinfo "$@"\n', { mode: 0o755 });
  const unhurried = await open(undefined, { pdfinfo: slow });
  const id = await upload(world, '多页.pdf', await samples.pdf(30));
  expect(await asked(id)).toMatchObject({ state: 'uploaded', progress: null });
  const seen: File['progress'][] = [];
  let running = true;
  const work = unhurried.process(id, context).finally(() => {
    running = false;
  });
  while (running) {
    seen.push((await asked(id)).progress);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await work;
  const steps = [...new Set(seen.map((one) => one?.step))];
  expect(steps).toEqual(expect.arrayContaining(['reading', 'drawing']));
  const counted = seen.filter((one) => one?.step === 'drawing');
  expect(counted.every((one) => one?.total === 30)).toBe(true);
  expect(counted.map((one) => one?.done)).toEqual(
    counted.map((one) => one?.done).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
  );
  expect(await asked(id)).toMatchObject({ state: 'ready', progress: null, pages: 30 });
});

it('forgets the words when the file is processed again, and erases them with it', { timeout: 60_000 }, async () => {
  const { id } = await processed('练习.pdf', await samples.pdf(2));
  const keys = async () =>
    (await world.db.selectFrom('page_words').select('object_key').where('file_id', '=', id).execute()).map(
      (row) => row.object_key,
    );
  const before = await keys();
  expect(before).toHaveLength(2);
  await processor.process(id, context);
  const after = await keys();
  expect(after).toHaveLength(2);
  for (const key of before) expect(await world.storage.stat(key)).toBeNull();
  for (const key of after) expect(await world.storage.stat(key)).not.toBeNull();
});

it('keeps the pages of a document whose words cannot be read', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(world.folder, 'programs-'));
  await chmod(folder, 0o755);
  const broken = join(folder, 'pdftotext');
  // Reads text as ever, but gives up where words are asked for with their places.
  await writeFile(broken, '#!/bin/sh\ncase "$*" in *-bbox-layout*) exit 3;; esac\nexec pdftotext "$@"\n', {
    mode: 0o755,
  });
  const { id, file } = await processed('练习.pdf', await samples.pdf(2), await open(undefined, { pdftotext: broken }));
  expect(file).toMatchObject({ state: 'ready', errorCode: null, pages: 2 });
  expect((await wordsOf(id, 1)).lines).toEqual([]);
  const { text } = await world.db
    .selectFrom('page_text')
    .select('text')
    .where('file_id', '=', id)
    .where('number', '=', 2)
    .executeTakeFirstOrThrow();
  expect(text).toContain('Page 2');
});
