import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { archiveContentsSchema, fileSchema } from '../../server/files/schema.ts';
import { listContents } from '../../server/previews/contents.ts';
import { startCatchingUp } from '../../server/previews/jobs.ts';
import { openPreviewProcessor } from '../../server/previews/open-processor.ts';
import { sniff } from '../../server/previews/sniff.ts';
import { createFilesWorld, type FilesWorld, log, upload } from './files-world.ts';
import { writeZip } from './hostile/zip-writer.ts';
import { programs } from './sample-programs.ts';

/** 课件/分数.pptx as Chinese Windows writes it into an archive: without a word about the encoding. */
const gbkName = Buffer.from('bfcebcfe2fb7d6cafd2e70707478', 'hex');

describe('an archive', () => {
  let world: FilesWorld;
  beforeAll(async () => {
    world = await createFilesWorld({
      processor: ({ db, storage, directory }) =>
        openPreviewProcessor({ db, storage, directory, programs, log, onFileChanged: async () => undefined }),
    });
  });
  afterAll(() => world.close());

  async function processed(content: Uint8Array) {
    const id = await upload(world, '同课异构.zip', content);
    const file = await vi.waitFor(
      async () => {
        const now = fileSchema.parse(await (await world.request(`/files/${id}`)).json());
        expect(now.state).toMatch(/ready|failed/);
        return now;
      },
      { timeout: 30_000, interval: 100 },
    );
    const answer = await world.request(`/files/${id}/contents`);
    return {
      id,
      file,
      status: answer.status,
      contents: answer.ok ? archiveContentsSchema.parse(await answer.json()) : null,
    };
  }
  const textOf = async (id: string) =>
    world.db.selectFrom('page_text').select('text').where('file_id', '=', id).execute();

  it('says what lies in it, without what systems put in, and its names are found', async () => {
    const { id, file, contents } = await processed(
      zipSync({
        '草船借箭/教案.docx': new Uint8Array(2000),
        '草船借箭/': new Uint8Array(),
        '朗读.mp3': new Uint8Array(500),
        '__MACOSX/._朗读.mp3': new Uint8Array(20),
        'Thumbs.db': new Uint8Array(20),
      }),
    );
    expect(file).toMatchObject({ state: 'ready', errorCode: null, mediaType: 'application/zip' });
    expect(contents).toEqual({
      entries: [
        { name: '草船借箭/教案.docx', bytes: 2000 },
        { name: '朗读.mp3', bytes: 500 },
      ],
      total: 2,
      bytes: 2500,
      encrypted: false,
    });
    expect(await textOf(id)).toEqual([{ text: '草船借箭/教案.docx 朗读.mp3' }]);
  });

  it('stands in the order in which readers look for names, what lies in a folder together', async () => {
    const names = [
      '第2课/教案.docx',
      '第2课/课件2.pptx',
      '第2课/课件10.pptx',
      '第2课 补充.docx',
      '第10课/教案.docx',
      'unit1/a.txt',
      'unit1/b.txt',
      'Unit1/a.txt',
      'Unit1/b.txt',
    ];
    const { contents } = await processed(
      zipSync(Object.fromEntries([...names].sort().map((name) => [name, new Uint8Array(1)]))),
    );
    expect(contents?.entries.map(({ name }) => name)).toEqual(names);
  });

  it('reads names of Chinese Windows', async () => {
    const { contents } = await processed(
      writeZip([{ name: '课件/分数.pptx', nameBytes: gbkName, content: Buffer.from('分数') }]),
    );
    expect(contents?.entries).toEqual([{ name: '课件/分数.pptx', bytes: 6 }]);
  });

  it('shows a path that leads out of it as what it is, and follows none', async () => {
    const { contents } = await processed(
      writeZip([{ name: '', nameBytes: Buffer.from('/..\\..\\etc/pass\nwd'), content: Buffer.from('x') }]),
    );
    expect(contents?.entries).toEqual([{ name: '../../etc/pass wd', bytes: 1 }]);
  });

  it('cuts a name that is too long, but no character in two', async () => {
    const name = `${'长'.repeat(399)}𠀀𠀀.docx`;
    const { file, contents } = await processed(writeZip([{ name, content: Buffer.from('x') }]));
    expect(file).toMatchObject({ state: 'ready', errorCode: null });
    expect(contents?.entries[0]?.name).toMatch(/^长{399}/);
  });

  it('says that a password is asked for', async () => {
    expect(
      (
        await processed(
          writeZip([{ name: '课件/分数.pptx', nameBytes: gbkName, content: Buffer.from('分数'), encrypted: true }]),
        )
      ).contents,
    ).toMatchObject({
      total: 1,
      encrypted: true,
    });
  });

  it('counts what it does not list', async () => {
    const many = Object.fromEntries(Array.from({ length: 1200 }, (_, n) => [`照片/${n}.jpg`, new Uint8Array(1)]));
    const { contents } = await processed(zipSync(many, { level: 0 }));
    expect(contents).toMatchObject({ total: 1200, bytes: 1200 });
    expect(contents?.entries).toHaveLength(1000);
  });

  it('that was cut off is told to be broken, and can be taken all the same', async () => {
    const whole = zipSync({ '教案.docx': new Uint8Array(5000) }, { level: 0 });
    const { id, file, status } = await processed(whole.subarray(0, 3000));
    expect(file).toMatchObject({ state: 'failed', errorCode: 'preview_failed' });
    expect(status).toBe(404);
    expect((await world.request(`/files/${id}/content`)).status).toBe(200);
  });

  it('that ends too early is broken at once, wherever it ends', async () => {
    const whole = writeZip([
      { name: '教学设计.docx', content: Buffer.alloc(5000, 'x') },
      { name: '朗读.mp3', content: randomBytes(90_000), stored: true },
    ]);
    const path = join(world.folder, '断了.zip');
    for (const bytes of [20, 40, 70, 200, 40_000, whole.length - 10]) {
      await writeFile(path, whole.subarray(0, bytes));
      const asked = sniff(path, '断了.zip').then(() =>
        listContents({ source: path, signal: AbortSignal.timeout(10_000) }),
      );
      await expect(asked, `${bytes} bytes`).rejects.toMatchObject({ code: 'preview_failed' });
    }
  });

  it('of before is listed once the server starts', { timeout: 60_000 }, async () => {
    const { id } = await processed(zipSync({ '教案.docx': new Uint8Array(10) }));
    await world.db.deleteFrom('archive_contents').where('file_id', '=', id).execute();
    expect((await world.request(`/files/${id}/contents`)).status).toBe(404);
    await startCatchingUp(world.jobs, world.db);
    await expect
      .poll(async () => (await world.request(`/files/${id}/contents`)).status, { timeout: 40_000, interval: 300 })
      .toBe(200);
  });

  it('that unpacks to more than there is room is listed, not unpacked', async () => {
    const bomb = zipSync({ 'bomb.txt': new Uint8Array(300 * 1024 * 1024) }, { level: 9 });
    const { contents } = await processed(bomb);
    expect(contents).toMatchObject({ total: 1, bytes: 300 * 1024 * 1024 });
  });
});
