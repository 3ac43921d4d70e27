import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Storage, type S3Storage } from '../../server/storage/s3.ts';
import { testS3 } from '../environment/services.ts';
import { continuation, createFilesWorld, creation, type FilesWorld, sha256, upload } from '../server/files-world.ts';

const MiB = 1024 * 1024;

/** The whole behaviour of uploads is tested on disk in test/server; here is what differs on an object store. */
describe('an upload to S3', () => {
  let storage: S3Storage;
  let world: FilesWorld;
  beforeAll(async () => {
    storage = await createS3Storage({ ...testS3(), bucket: 'uploads' });
    world = await createFilesWorld({ storage });
  });
  afterAll(() => world.close());

  const leftovers = async (id: string) => {
    const keys: string[] = [];
    for await (const { key } of storage.list('files/')) if (key.includes(id)) keys.push(key);
    return keys;
  };
  const create = async (name: string, bytes: number) => {
    const response = await world.request('/uploads', { method: 'POST', headers: creation(name, bytes) });
    expect([response.status, await response.text()]).toEqual([201, '']);
    return response.headers.get('location')?.split('/').at(-1) ?? '';
  };
  const patch = (id: string, offset: number, body: Uint8Array) =>
    world.request(`/uploads/${id}`, { method: 'PATCH', headers: continuation(offset), body: Buffer.from(body) });
  const head = async (id: string) => {
    const answer = await world.request(`/uploads/${id}`, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
    return [answer.status, Number(answer.headers.get('upload-offset'))];
  };

  it('goes on where it was interrupted, also within a part', async () => {
    const content = randomBytes(21 * MiB);
    const id = await create('微课.mp4', content.length);
    expect((await patch(id, 0, content.subarray(0, 9 * MiB + 11))).status).toBe(204);
    expect(await head(id)).toEqual([200, 9 * MiB + 11]);
    expect((await patch(id, 9 * MiB + 11, content.subarray(9 * MiB + 11))).status).toBe(204);
    expect(sha256(await buffer(await storage.get(`files/${id}`)))).toBe(sha256(content));
    expect(await leftovers(id)).toEqual([`files/${id}`]);
    expect(await head(id)).toEqual([200, content.length]);
  });

  it('is downloaded from the store itself, under its Chinese name', async () => {
    const content = randomBytes(1000);
    const id = await upload(world, '分数的初步认识.docx', content);
    const sent = await world.request(`/files/${id}/content`);
    expect(sent.status).toBe(302);
    const direct = await fetch(sent.headers.get('location') ?? '');
    expect(direct.headers.get('content-disposition')).toContain(
      `filename*=UTF-8''${encodeURIComponent('分数的初步认识.docx')}`,
    );
    expect(sha256(new Uint8Array(await direct.arrayBuffer()))).toBe(sha256(content));
    const through = await world.request(`/files/${id}/content?proxy`, { headers: { range: 'bytes=10-19' } });
    expect([through.status, Buffer.from(await through.arrayBuffer())]).toEqual([206, content.subarray(10, 20)]);
    expect(world.downloads.filter(({ fileId }) => fileId === id)).toHaveLength(1);
  });

  it('is joined by the sweep when the process was killed before its parts were', async () => {
    const content = randomBytes(2000);
    const id = await create('a.pdf', content.length);
    // All bytes have arrived, as one part, but nobody has completed the transfer.
    const { s3, info } = await partOf(id);
    await s3.uploadPart({ ...info, PartNumber: 1, Body: content });
    expect(await world.uploads.sweep(AbortSignal.timeout(10_000))).toMatchObject({ finished: 1 });
    expect(sha256(await buffer(await storage.get(`files/${id}`)))).toBe(sha256(content));
    expect(await leftovers(id)).toEqual([`files/${id}`]);
  });

  async function partOf(id: string) {
    const { S3 } = await import('@aws-sdk/client-s3');
    const s3 = new S3(storage.clientConfig);
    const { Uploads = [] } = await s3.listMultipartUploads({ Bucket: storage.bucket, Prefix: `files/${id}` });
    return { s3, info: { Bucket: storage.bucket, Key: `files/${id}`, UploadId: Uploads[0]?.UploadId ?? '' } };
  }

  it('that nobody goes on with is removed', async () => {
    const id = await create('a.pdf', 1000);
    await patch(id, 0, randomBytes(10));
    expect((await leftovers(id)).toSorted()).toEqual([`files/${id}.info`, `files/${id}.part`]);
    await world.database.pool.query(`update upload set created_at = now() - interval '2 hours' where id = $1`, [id]);
    expect(await world.uploads.sweep(AbortSignal.timeout(10_000))).toMatchObject({ removed: 1 });
    expect(await leftovers(id)).toEqual([]);
    expect((await head(id))[0]).toBe(404);
  });

  it('can be given up', async () => {
    const id = await create('a.pdf', 1000);
    await patch(id, 0, randomBytes(10));
    const given = await world.request(`/uploads/${id}`, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } });
    expect(given.status).toBe(204);
    expect(await leftovers(id)).toEqual([]);
  });
});
