import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eraseFile } from '../../server/files/erase.ts';
import { openPreviewProcessor } from '../../server/previews/open-processor.ts';
import { createFilesWorld, type FilesWorld, log, upload } from './files-world.ts';
import { programs } from './sample-programs.ts';

let world: FilesWorld;
let id: string;
beforeAll(async () => {
  world = await createFilesWorld();
  const processor = await openPreviewProcessor({
    db: world.db,
    storage: world.storage,
    directory: join(world.folder, 'tmp'),
    programs,
    log,
    onFileChanged: async () => undefined,
  });
  // Noise, so that even a small image is heavy.
  const photo = await sharp({
    create: {
      width: 1600,
      height: 1200,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg()
    .toBuffer();
  id = await upload(world, '照片.jpg', photo);
  await processor.process(id, { signal: AbortSignal.timeout(60_000), lastAttempt: false, log });
});
afterEach(() => expect(world.failures).toEqual([]));
afterAll(() => world.close());

async function derived() {
  const keys: string[] = [];
  for await (const { key } of world.storage.list(`previews/${id}/derived/`)) keys.push(key);
  return keys.toSorted();
}
async function image(path: string, accept?: string) {
  const response = await world.request(path, { headers: accept === undefined ? {} : { accept } });
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
  expect(response.headers.get('vary')).toBe('accept');
  const content = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-length')).toBe(String(content.byteLength));
  const { format, width } = await sharp(content).metadata();
  return { type: response.headers.get('content-type'), tag: response.headers.get('etag'), format, width, content };
}
const chromium = 'image/avif,image/webp,image/apng,image/*,*/*;q=0.8';

it('are made once in each size that is asked for, and kept', async () => {
  expect(await derived()).toEqual([]);
  // As a list on several screens would, all at once.
  const first = await Promise.all(Array.from({ length: 12 }, () => image(`/files/${id}/thumbnail?width=480`)));
  expect(new Set(first.map(({ width }) => width))).toEqual(new Set([480]));
  const [key = '', ...more] = await derived();
  expect([key.endsWith('-480.webp'), more]).toEqual([true, []]);
  const before = await world.storage.stat(key);
  expect((await image(`/files/${id}/thumbnail?width=480`)).content.equals(first[0]?.content ?? Buffer.alloc(0))).toBe(
    true,
  );
  expect((await world.storage.stat(key))?.modifiedAt).toEqual(before?.modifiedAt);
});

it('are what is kept, and made again when that is lost', async () => {
  await image(`/files/${id}/thumbnail?width=160`);
  const key = (await derived()).find((one) => one.endsWith('-160.webp')) ?? '';
  await world.storage.delete(key);
  const marked = await sharp({ create: { width: 160, height: 120, channels: 3, background: '#f00' } })
    .webp()
    .toBuffer();
  await world.storage.put(key, Readable.from([marked]), { bytes: marked.byteLength });
  expect((await image(`/files/${id}/thumbnail?width=160`)).content.equals(marked)).toBe(true);
  await world.storage.delete(key);
  expect((await image(`/files/${id}/thumbnail?width=160`)).content.equals(marked)).toBe(false);
  expect(await world.storage.stat(key)).not.toBeNull();
});

it('of lists come as AVIF to those who can show it, once somebody has asked', async () => {
  expect(await image(`/files/${id}/thumbnail?width=320`, chromium)).toMatchObject({
    format: 'webp',
    type: 'image/webp',
  });
  await expect
    .poll(async () => (await derived()).filter((key) => key.endsWith('-320.avif')), { timeout: 15_000 })
    .toHaveLength(1);
  const webp = await image(`/files/${id}/thumbnail?width=320`);
  const avif = await image(`/files/${id}/thumbnail?width=320`, chromium);
  expect(webp.type).toBe('image/webp');
  expect(avif).toMatchObject({ type: 'image/avif', format: 'heif', width: 320 });
  expect(avif.content.byteLength).toBeLessThan(webp.content.byteLength);
  expect(avif.tag).not.toBe(webp.tag);
  // Large ones would take seconds to make.
  await image(`/files/${id}/thumbnail?width=640`, chromium);
  expect((await image(`/files/${id}/thumbnail?width=640`, chromium)).type).toBe('image/webp');
  expect((await derived()).filter((key) => key.endsWith('.avif'))).toHaveLength(1);
});

it('are not sent again to those who have them', async () => {
  const { tag } = await image(`/files/${id}/thumbnail?width=480`);
  const again = await world.request(`/files/${id}/thumbnail?width=480`, { headers: { 'if-none-match': tag ?? '' } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

it('come in the listed sizes only', async () => {
  for (const width of ['100', '321', '5000', '-1', 'x'])
    expect(await world.refusal(`/files/${id}/thumbnail?width=${width}`)).toBe('400 invalid_input');
});

it('go with their file, even when one was just being made', async () => {
  expect((await derived()).length).toBeGreaterThan(0);
  const late = world.request(`/files/${id}/thumbnail?width=960`);
  await world.db.updateTable('file').set({ deleted_at: new Date() }).where('id', '=', id).execute();
  await (await late).arrayBuffer();
  await eraseFile(world, id, AbortSignal.timeout(5000));
  expect(await derived()).toEqual([]);
});
