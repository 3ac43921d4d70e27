import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createS3Storage } from '../../server/storage/s3.ts';
import { testS3 } from '../environment/services.ts';
import { createFilesWorld, type FilesWorld, upload } from '../server/files-world.ts';

describe('a rendition on S3', () => {
  let world: FilesWorld;
  beforeAll(async () => {
    const storage = await createS3Storage({ ...testS3(), bucket: 'renditions' });
    world = await createFilesWorld({ storage });
  });
  afterAll(() => world.close());

  it('is played from the store itself, range by range; what the seek bar shows comes through the server', async () => {
    const id = await upload(world, '微课.mp4', randomBytes(100));
    const [film, sprite] = [randomBytes(5000), randomBytes(300)];
    const put = async (name: string, content: Buffer) => {
      const object_key = `renditions/${id}/${name}`;
      await world.storage.put(object_key, Readable.from([content]), { bytes: content.length });
      return { file_id: id, object_key, bytes: content.length };
    };
    const kept = { ...(await put('one.mp4', film)), name: '360p', media_type: 'video/mp4', bitrate: 1 } as const;
    await world.db
      .insertInto('rendition')
      .values({ ...kept, width: 640, height: 360 })
      .execute();
    const frames = { width: 160, height: 90, columns: 1, frames: 1, interval_ms: 1000 };
    await world.db
      .insertInto('scrub_sprite')
      .values({ ...(await put('one.webp', sprite)), ...frames })
      .execute();

    const sent = await world.request(`/files/${id}/renditions/360p`);
    expect(sent.status).toBe(302);
    expect(sent.headers.get('cache-control')).toBe('private, no-store');
    const direct = await fetch(sent.headers.get('location') ?? '', { headers: { range: 'bytes=1000-1999' } });
    expect([direct.status, direct.headers.get('content-type')]).toEqual([206, 'video/mp4']);
    expect(Buffer.from(await direct.arrayBuffer())).toEqual(film.subarray(1000, 2000));
    const through = await world.request(`/files/${id}/renditions/360p?proxy`, { headers: { range: 'bytes=-10' } });
    expect([through.status, Buffer.from(await through.arrayBuffer())]).toEqual([206, film.subarray(-10)]);
    const image = await world.request(`/files/${id}/sprite`);
    expect([image.status, Buffer.from(await image.arrayBuffer())]).toEqual([200, sprite]);
    expect((await world.request(`/files/${id}/renditions/360p`, { as: 'stranger' })).status).toBe(404);
  });
});
