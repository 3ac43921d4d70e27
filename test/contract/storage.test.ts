import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiskStorage, type DiskStorage } from '../../server/storage/disk.ts';
import { createS3Storage, type S3Storage } from '../../server/storage/s3.ts';
import type { Storage } from '../../server/storage/storage.ts';
import { testS3 } from '../environment/services.ts';

const MiB = 1024 * 1024;
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const body = async function* (...chunks: (Uint8Array | string)[]) {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
};
/** Unique keys, so that runs on one store do not meet. */
const newKey = () => `contract/${randomUUID()}`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storage-'));
});
afterAll(() => rm(folder, { recursive: true }));

const drivers: [string, () => Promise<Storage>][] = [
  ['disk', () => createDiskStorage({ directory: join(folder, 'objects') })],
  ['s3', () => createS3Storage({ ...testS3(), bucket: 'contract' })],
];

describe.each(drivers)('storage on %s', (_, open) => {
  let storage: Storage;
  beforeAll(async () => {
    storage = await open();
  });
  afterAll(() => storage.close());

  const put = (key: string, content: string) => storage.put(key, body(content), { bytes: Buffer.byteLength(content) });
  const readAll = async (stream: Promise<Readable>) => text(await stream);

  it('answers', async () => {
    await expect(storage.ping()).resolves.toBeUndefined();
  });

  it('gives back what was put', async () => {
    const key = newKey();
    expect(await put(key, '同课异构')).toBe(true);
    expect(await readAll(storage.get(key))).toBe('同课异构');
    expect(await storage.stat(key)).toMatchObject({ key, bytes: 12 });
  });

  it('keeps an empty object', async () => {
    const key = newKey();
    expect(await storage.put(key, body(), { bytes: 0 })).toBe(true);
    expect(await readAll(storage.get(key))).toBe('');
    expect(await storage.stat(key)).toMatchObject({ bytes: 0 });
  });

  it('never changes an object that is there', async () => {
    const key = newKey();
    await put(key, 'first');
    expect(await put(key, 'later')).toBe(false);
    expect(await readAll(storage.get(key))).toBe('first');
  });

  it('lets one of several writers of a key win', async () => {
    const key = newKey();
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => put(key, `writer ${n}`)));
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await readAll(storage.get(key))).toBe(`writer ${results.indexOf(true)}`);
  });

  it('writes and reads 40 MiB as streams, with its sha256 checked', async () => {
    const key = newKey();
    const chunks = Array.from({ length: 40 }, () => randomBytes(MiB));
    const whole = Buffer.concat(chunks);
    expect(await storage.put(key, body(...chunks), { bytes: whole.length, sha256: sha256(whole) })).toBe(true);
    expect(sha256(await buffer(await storage.get(key)))).toBe(sha256(whole));
    const range = { start: 17 * MiB + 5, end: 18 * MiB + 4 };
    expect((await buffer(await storage.get(key, { range }))).equals(whole.subarray(range.start, range.end + 1))).toBe(
      true,
    );
  });

  it('reads ranges, both ends included', async () => {
    const key = newKey();
    await put(key, '0123456789');
    expect(await readAll(storage.get(key, { range: { start: 0, end: 0 } }))).toBe('0');
    expect(await readAll(storage.get(key, { range: { start: 3, end: 5 } }))).toBe('345');
    expect(await readAll(storage.get(key, { range: { start: 9, end: 9 } }))).toBe('9');
  });

  it.each([
    ['shorter', { bytes: 6 }],
    ['longer', { bytes: 4 }],
    ['other', { bytes: 5, sha256: sha256('world') }],
  ])('refuses a body that is %s than announced, and keeps nothing of it', async (_, options) => {
    const key = newKey();
    await expect(storage.put(key, body('he', 'llo'), options)).rejects.toMatchObject({ code: 'bad_request' });
    expect(await storage.stat(key)).toBeNull();
  });

  it('keeps nothing when the body breaks half-way', async () => {
    const key = newKey();
    const broken = async function* () {
      yield randomBytes(MiB);
      throw new Error('the line broke');
    };
    await expect(storage.put(key, broken(), { bytes: 2 * MiB })).rejects.toMatchObject({
      code: 'storage_unavailable',
      cause: { message: 'the line broke' },
    });
    expect(await storage.stat(key)).toBeNull();
  });

  it('stops a write that is aborted', async () => {
    const key = newKey();
    const abort = new AbortController();
    const endless = async function* () {
      for (;;) {
        yield randomBytes(MiB);
        abort.abort();
      }
    };
    await expect(storage.put(key, endless(), { bytes: 64 * MiB, signal: abort.signal })).rejects.toThrow(/abort/i);
    expect(await storage.stat(key)).toBeNull();
  });

  it('says not_found before the first byte', async () => {
    await expect(storage.get(newKey())).rejects.toMatchObject({ code: 'not_found' });
    await expect(storage.saveTo(newKey(), join(folder, randomUUID()))).rejects.toMatchObject({ code: 'not_found' });
    expect(await storage.stat(newKey())).toBeNull();
  });

  it('saves an object as a file', async () => {
    const key = newKey();
    await put(key, '教案');
    const path = join(folder, randomUUID());
    await storage.saveTo(key, path);
    expect(await readFile(path, 'utf8')).toBe('教案');
    await rm(path);
    expect(await readAll(storage.get(key))).toBe('教案');
  });

  it('lists what lies under a prefix', async () => {
    const prefix = `${newKey()}/`;
    await Promise.all(['a', 'b/c', 'b/d/e'].map((name) => put(prefix + name, name)));
    await put(`${prefix.slice(0, -1)}-beside`, 'beside');
    const found = new Map<string, number>();
    for await (const { key, bytes } of storage.list(prefix)) found.set(key.slice(prefix.length), bytes);
    expect(Object.fromEntries(found)).toEqual({ a: 1, 'b/c': 3, 'b/d/e': 5 });
    for await (const { key } of storage.list(`${newKey()}/`)) expect.unreachable(key);
  });

  it('deletes, also what is not there', async () => {
    const key = newKey();
    await put(key, 'gone');
    await storage.delete(key);
    await storage.delete(key);
    expect(await storage.stat(key)).toBeNull();
    expect(await put(key, 'again')).toBe(true);
  });

  it.each([
    '',
    '/',
    '../secret',
    'a/../b',
    '/etc/passwd',
    'a//b',
    'a/.hidden',
    'a\\b',
    '课件',
    'a\0b',
    'x'.repeat(600),
  ])('takes no key like %j', async (key) => {
    await expect(put(key, 'x')).rejects.toMatchObject({ code: 'internal' });
    await expect(storage.get(key)).rejects.toMatchObject({ code: 'internal' });
    await expect(storage.delete(key)).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('storage on disk alone', () => {
  let directory: string;
  let storage: DiskStorage;
  beforeAll(async () => {
    directory = join(folder, 'alone');
    storage = await createDiskStorage({ directory });
  });

  it('adopts a finished file by moving it, once', async () => {
    const [file, second] = [join(folder, 'finished'), join(folder, 'second')];
    await writeFile(file, 'finished');
    await writeFile(second, 'second');
    expect(await storage.adopt('files/one', file)).toBe(true);
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await storage.adopt('files/one', second)).toBe(false);
    expect(await text(await storage.get('files/one'))).toBe('finished');
    expect(await readFile(second, 'utf8')).toBe('second');
  });

  it('leaves no half-written files behind', async () => {
    await expect(storage.put('files/two', body('x'), { bytes: 2 })).rejects.toThrow();
    expect(await readdir(join(directory, '.incoming'))).toEqual([]);
  });

  it('knows the free space and signs nothing', async () => {
    expect(await storage.freeBytes()).toBeGreaterThan(MiB);
    expect(
      await storage.presign('files/one', { disposition: 'inline', mediaType: 'text/plain', expiresSeconds: 60 }),
    ).toBeNull();
  });
});

describe('storage on S3 alone', () => {
  let storage: S3Storage;
  beforeAll(async () => {
    storage = await createS3Storage({ ...testS3(), bucket: 'contract' });
  });
  afterAll(() => storage.close());

  it('signs addresses that carry a Chinese file name, and that cannot be changed', async () => {
    const key = newKey();
    await storage.put(key, body('分数的初步认识'), { bytes: 21 });
    const disposition = `attachment; filename="??.docx"; filename*=UTF-8''${encodeURIComponent('分数.docx')}`;
    const url = await storage.presign(key, { disposition, mediaType: 'text/plain', expiresSeconds: 60 });
    if (url === null) return expect.unreachable();
    const answer = await fetch(url);
    expect(await answer.text()).toBe('分数的初步认识');
    expect(answer.headers.get('content-disposition')).toBe(disposition);
    expect(answer.headers.get('content-type')).toBe('text/plain');
    const part = await fetch(url, { headers: { range: 'bytes=3-5' } });
    expect([part.status, await part.text()]).toEqual([206, '数']);
    expect((await fetch(url.replace(/X-Amz-Signature=./, 'X-Amz-Signature=x'))).status).toBe(403);
  });

  it('says storage_unavailable when nobody answers', async () => {
    const silent = createS3Storage({ ...testS3(), endpoint: 'http://127.0.0.1:9', bucket: 'contract' });
    await expect(silent).rejects.toMatchObject({ code: 'storage_unavailable' });
  });

  it('takes nothing for lost when its bucket is away', async () => {
    const bucket = `gone-${randomUUID()}`;
    const one = await createS3Storage({ ...testS3(), bucket });
    const client = new S3Client(one.clientConfig);
    await client.send(new DeleteBucketCommand({ Bucket: bucket }));
    client.destroy();
    await expect(one.get(newKey())).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(one.saveTo(newKey(), join(folder, randomUUID()))).rejects.toMatchObject({
      code: 'storage_unavailable',
    });
    await one.close();
  });

  it('makes the bucket when two processes start at once', async () => {
    const options = { ...testS3(), bucket: `made-${randomUUID()}` };
    const both = await Promise.all([createS3Storage(options), createS3Storage(options)]);
    await Promise.all(both.map((one) => one.ping()));
    await Promise.all(both.map((one) => one.close()));
  });
});
