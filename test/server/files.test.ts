import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'content-disposition';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eraseFile } from '../../server/files/erase.ts';
import { createFilesWorld, type FilesWorld, sha256, upload } from './files-world.ts';
import * as samples from './samples.ts';

describe('files', () => {
  let world: FilesWorld;
  let content: Buffer;
  let id: string;
  beforeAll(async () => {
    world = await createFilesWorld();
    content = randomBytes(100_000);
    id = await upload(world, '分数的初步认识 第1课时.docx', content);
    await world.db
      .updateTable('file')
      .set({ sha256: sha256(content), state: 'ready' })
      .where('id', '=', id)
      .execute();
  });
  afterEach(() => {
    world.readers.resource.clear();
    world.readers.slides.clear();
  });
  afterAll(() => world.close());

  const address = () => `/files/${id}/content`;
  const newResource = async () => {
    const { teacher } = world.accounts;
    const { id: resourceId } = await world.db
      .insertInto('resource')
      .values({
        school_id: teacher.schoolId ?? '',
        owner_id: teacher.id,
        kind: 'lesson_plan',
        title: '分数',
        licence: 'cc_by',
        visibility: 'school',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return resourceId;
  };
  const attach = (fileId: string, resourceId: string | null) =>
    world.db.updateTable('file').set({ resource_id: resourceId }).where('id', '=', fileId).execute();

  it('are downloaded whole, under their Chinese name', async () => {
    const response = await world.request(address());
    expect(response.status).toBe(200);
    expect(parse(response.headers.get('content-disposition') ?? '')).toMatchObject({
      type: 'attachment',
      parameters: { filename: '分数的初步认识 第1课时.docx' },
    });
    expect(response.headers.get('content-disposition')).toContain("filename*=UTF-8''");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-length': '100000',
      'x-content-type-options': 'nosniff',
      etag: `"${sha256(content)}"`,
    });
    expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(sha256(content));
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=99990-', 99_990, 100_000],
    ['bytes=-5', 99_995, 100_000],
    ['bytes=-200000', 0, 100_000],
    ['bytes=99999-200000', 99_999, 100_000],
  ])('answer %s with that range', async (range, start, end) => {
    const response = await world.request(address(), { headers: { range } });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/100000`);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect(Buffer.from(await response.arrayBuffer()).equals(content.subarray(start, end))).toBe(true);
  });

  it.each(['items=0-1', 'bytes=5-1', 'bytes=0-1,5-6', 'bytes=', 'nonsense'])(
    'answer %s with the whole',
    async (range) => {
      const response = await world.request(address(), { headers: { range } });
      expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 100_000]);
    },
  );

  it('are closed when nobody reads on', async () => {
    const open = async () => {
      const links = (await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''));
      return (await Promise.all(links)).filter((target) => target.endsWith(id)).length;
    };
    const unread = await world.request(address());
    expect(await open()).toBe(1);
    await unread.body?.cancel();
    await expect.poll(open).toBe(0);

    const half = (await world.request(address())).body?.getReader();
    await half?.read();
    await half?.cancel();
    await expect.poll(open).toBe(0);
  });

  it.each(['bytes=100000-', 'bytes=100000-100001', 'bytes=-0'])('refuse %s', async (range) => {
    const response = await world.request(address(), { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */100000']);
  });

  it('are not sent again when they have not changed', async () => {
    const tag = `"${sha256(content)}"`;
    const status = async (headers: Record<string, string>) => (await world.request(address(), { headers })).status;
    expect(await status({ 'if-none-match': tag })).toBe(304);
    expect(await status({ 'if-none-match': `"other", W/${tag}` })).toBe(304);
    expect(await status({ 'if-none-match': '"other"' })).toBe(200);
    expect(await status({ range: 'bytes=0-1', 'if-range': tag })).toBe(206);
    expect(await status({ range: 'bytes=0-1', 'if-range': '"other"' })).toBe(200);
  });

  it('answer HEAD with the same headers and no body', async () => {
    const response = await world.request(address(), { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([
      200,
      '100000',
      '',
    ]);
  });

  it('count a download once it begins, and nothing else', async () => {
    const before = world.downloads.length;
    const ask = async (path: string, init: RequestInit = {}) => {
      await (await world.request(path, init)).arrayBuffer();
      return world.downloads.length - before;
    };
    expect(await ask(address(), { method: 'HEAD' })).toBe(0);
    expect(await ask(`${address()}?disposition=inline`)).toBe(0);
    expect(await ask(address(), { headers: { range: 'bytes=5000-' } })).toBe(0);
    expect(await ask(address(), { headers: { range: 'bytes=0-4999' } })).toBe(1);
    expect(await ask(address())).toBe(2);
    expect(world.downloads.at(-1)).toEqual({ actorId: world.accounts.teacher.id, fileId: id });
  });

  it('are shown in place only when their type is harmless and has been looked into', async () => {
    const type = async (fileId: string) => {
      const response = await world.request(`/files/${fileId}/content?disposition=inline`);
      return [parse(response.headers.get('content-disposition') ?? '').type, response.headers.get('content-type')];
    };
    const picture = await upload(world, '图.png', await samples.png(10, 10));
    expect(await type(picture)).toEqual(['attachment', 'image/png']);
    await world.db.updateTable('file').set({ state: 'ready' }).where('id', '=', picture).execute();
    expect(await type(picture)).toEqual(['inline', 'image/png']);
    for (const mediaType of ['text/html', 'image/svg+xml', 'application/xml', 'application/x-elf']) {
      await world.db.updateTable('file').set({ media_type: mediaType }).where('id', '=', picture).execute();
      expect((await type(picture))[0]).toBe('attachment');
    }
  });

  it('belong to their owner alone until a resource has them', async () => {
    for (const as of ['colleague', 'stranger', 'device']) {
      expect(await world.refusal(`/files/${id}`, { as })).toBe('404 not_found');
      expect(await world.refusal(address(), { as })).toBe('404 not_found');
      expect(await world.refusal(`/files/${id}/thumbnail`, { as })).toBe('404 not_found');
    }
    expect(await world.refusal(`/files/${id}`, { as: 'nobody' })).toBe('401 not_signed_in');
    expect((await world.request(`/files/${id}`)).status).toBe(200);
  });

  it('are seen by those who may read their resource, and by the rooms of their lesson', async () => {
    const { colleague, stranger, teacher } = world.accounts;
    await attach(id, await newResource());
    const seenBy = async (as: string) => (await world.request(address(), { as })).status;
    world.readers.resource.add(colleague.id);
    expect([await seenBy('colleague'), await seenBy('stranger'), await seenBy('teacher')]).toEqual([200, 404, 404]);
    world.readers.slides.add(stranger.id);
    expect(await seenBy('stranger')).toBe(200);
    world.readers.slides.add(teacher.id);
    expect(await seenBy('device')).toBe(200);
    expect(await world.files.readable({ ...colleague }, id)).toEqual({
      mediaType: expect.stringContaining('wordprocessingml'),
    });
    world.readers.resource.clear();
    expect(await world.files.readable({ ...colleague }, id)).toBeNull();
    await attach(id, null);
  });

  it('are given up by their owner, and then gone for good', async () => {
    const own = await upload(world, 'a.pdf', await samples.pdf(1));
    const erase = { method: 'DELETE' };
    expect(await world.refusal(`/files/${own}`, { ...erase, as: 'colleague' })).toBe('404 not_found');
    expect(await world.refusal(`/files/${own}`, { ...erase, as: 'device' })).toBe('403 forbidden');
    const resourceId = await newResource();
    await attach(own, resourceId);
    world.readers.resource.add(world.accounts.colleague.id);
    expect(await world.refusal(`/files/${own}`, { ...erase, as: 'colleague' })).toBe('403 forbidden');
    expect(await world.refusal(`/files/${own}`, erase)).toBe('409 file_in_use');
    await attach(own, null);
    expect((await world.request(`/files/${own}`, erase)).status).toBe(204);
    expect(await world.refusal(`/files/${own}`)).toBe('404 not_found');
    expect(await world.refusal(`/files/${own}`, erase)).toBe('404 not_found');

    const { rows } = await world.database.pool.query(
      `select data from jobs.job where name = 'file.erase' and data->>'fileId' = $1`,
      [own],
    );
    expect(rows).toEqual([{ data: { fileId: own } }]);
    const preview = `previews/${own}/one/page-1-320.webp`;
    await world.storage.put(
      preview,
      (async function* () {
        yield Buffer.from('x');
      })(),
      { bytes: 1 },
    );
    for (let time = 0; time < 2; time++) await eraseFile(world, own, AbortSignal.timeout(5000));
    expect(await world.storage.stat(`files/${own}`)).toBeNull();
    expect(await world.storage.stat(preview)).toBeNull();
  });

  it('that are not deleted are never erased', async () => {
    await eraseFile(world, id, AbortSignal.timeout(5000));
    expect(await world.storage.stat(`files/${id}`)).toMatchObject({ bytes: 100_000 });
  });

  it('that nobody used are given up after a while', async () => {
    const [unused, used] = [
      await upload(world, 'a.pdf', Buffer.from('unused')),
      await upload(world, 'b.pdf', Buffer.from('used')),
    ];
    await attach(used, await newResource());
    await world.database.pool.query(`update file set created_at = now() - interval '15 days' where id = any($1)`, [
      [unused, used],
    ]);
    expect(await world.files.sweep(new Date())).toBe(1);
    expect(await world.files.sweep(new Date())).toBe(0);
    const told = await world.database.pool.query(
      "select subject_id, subject_title, actor_id, ip_address from audit_event where action = 'file.deleted' and subject_id = any($1)",
      [[unused, used]],
    );
    // By the server itself.
    expect(told.rows).toEqual([{ subject_id: unused, subject_title: 'a.pdf', actor_id: null, ip_address: null }]);
    expect(await world.refusal(`/files/${unused}`)).toBe('404 not_found');
    expect(await world.db.selectFrom('file').select('deleted_at').where('id', '=', used).executeTakeFirst()).toEqual({
      deleted_at: null,
    });
  });

  it('that somebody is just taking up are not given up', async () => {
    const taken = await upload(world, 'c.pdf', Buffer.from('taken'));
    const resourceId = await newResource();
    await world.database.pool.query(`update file set created_at = now() - interval '15 days' where id = $1`, [taken]);
    const sweeping = await world.db.transaction().execute(async (tx) => {
      await tx.updateTable('file').set({ resource_id: resourceId }).where('id', '=', taken).execute();
      const sweep = world.files.sweep(new Date());
      await new Promise((resolve) => setTimeout(resolve, 200));
      // Not to be waited for in here: it may wait for this transaction.
      return { sweep };
    });
    expect(await sweeping.sweep).toBe(0);
    expect(await world.db.selectFrom('file').select('deleted_at').where('id', '=', taken).executeTakeFirst()).toEqual({
      deleted_at: null,
    });
  });

  it.each(['/files/nothing', '/files/nothing/content', '/files/nothing/pages/1'])(
    'answer %s with invalid_input',
    async (path) => {
      expect(await world.refusal(path)).toBe('400 invalid_input');
    },
  );

  it('stream over a socket, and let go of the file when the reader leaves', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'large-'));
    const large = await upload(
      world,
      '长.mp4',
      Buffer.concat([await samples.mp4(folder, 1), Buffer.alloc(60 * 1024 * 1024)]),
    );
    await rm(folder, { recursive: true });
    const origin = await world.listen();
    const abort = new AbortController();
    const response = await fetch(`${origin}/files/${large}/content`, {
      headers: { 'x-actor': 'teacher' },
      signal: abort.signal,
    });
    await response.body?.getReader().read();
    expect(await openDescriptors(`files/${large}`)).toBe(1);
    abort.abort();
    for (let tries = 0; tries < 50 && (await openDescriptors(`files/${large}`)) > 0; tries++)
      await new Promise((r) => setTimeout(r, 50));
    expect(await openDescriptors(`files/${large}`)).toBe(0);
  });
});

async function openDescriptors(suffix: string): Promise<number> {
  const { readdir, readlink } = await import('node:fs/promises');
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((link) => link.endsWith(suffix)).length;
}
