import { randomBytes } from 'node:crypto';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { continuation, createFilesWorld, creation, type FilesWorld, sha256, upload } from './files-world.ts';

const MiB = 1024 * 1024;

describe('an upload', () => {
  let world: FilesWorld;
  beforeAll(async () => {
    world = await createFilesWorld({ maxBytes: 64 * MiB });
  });
  afterAll(() => world.close());

  const create = async (name = '教案.docx', bytes = 10) => {
    const response = await world.request('/uploads', { method: 'POST', headers: creation(name, bytes) });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toMatch(/^\/api\/uploads\/[0-9a-f-]{36}$/);
    return response.headers.get('location')?.split('/').at(-1) ?? '';
  };
  const patch = (id: string, offset: number, body: Uint8Array, as = 'teacher') =>
    world.request(`/uploads/${id}`, { as, method: 'PATCH', headers: continuation(offset), body: Buffer.from(body) });
  const head = (id: string, as = 'teacher') =>
    world.request(`/uploads/${id}`, { as, method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } });
  const fileRow = (id: string) => world.db.selectFrom('file').selectAll().where('id', '=', id).executeTakeFirst();

  it('becomes a file of the same id, with the job that looks into it', async () => {
    const content = randomBytes(3 * MiB);
    const id = await upload(world, '分数的初步认识.docx', content);
    expect(await fileRow(id)).toMatchObject({
      name: '分数的初步认识.docx',
      bytes: content.length,
      owner_id: world.accounts.teacher.id,
      school_id: world.accounts.teacher.schoolId,
      object_key: `files/${id}`,
      state: 'uploaded',
      media_type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    });
    expect(sha256(await buffer(await world.storage.get(`files/${id}`)))).toBe(sha256(content));
    const { rows } = await world.database.pool.query(
      `select data from jobs.job where name = 'file.process' and data->>'fileId' = $1`,
      [id],
    );
    expect(rows).toEqual([{ data: { fileId: id } }]);
    expect(await readdir(join(world.folder, 'uploads'))).toEqual([]);
    expect(await world.db.selectFrom('upload').selectAll().where('id', '=', id).execute()).toEqual([]);
  });

  it('goes on where it was interrupted', async () => {
    const content = randomBytes(2 * MiB);
    const id = await create('微课.mp4', content.length);
    expect((await patch(id, 0, content.subarray(0, MiB + 7))).headers.get('upload-offset')).toBe(String(MiB + 7));
    const asked = await head(id);
    expect([asked.status, asked.headers.get('upload-offset'), asked.headers.get('upload-length')]).toEqual([
      200,
      String(MiB + 7),
      String(content.length),
    ]);
    expect(
      await world.refusal(`/uploads/${id}`, { method: 'PATCH', headers: continuation(MiB), body: Buffer.alloc(1) }),
    ).toBe('409 upload_offset_wrong');
    expect((await patch(id, MiB + 7, content.subarray(MiB + 7))).status).toBe(204);
    expect(sha256(await buffer(await world.storage.get(`files/${id}`)))).toBe(sha256(content));
  });

  it('is told to be whole when the client missed that it was', async () => {
    const id = await upload(world, 'a.pdf', randomBytes(100));
    const asked = await head(id);
    expect([asked.status, asked.headers.get('upload-offset'), asked.headers.get('upload-length')]).toEqual([
      200,
      '100',
      '100',
    ]);
    expect((await head(id, 'colleague')).status).toBe(404);
  });

  it.each([
    ['nobody', { as: 'nobody' }, '401 not_signed_in'],
    ['a device', { as: 'device' }, '403 forbidden'],
    ['somebody of no school', { as: 'office' }, '403 forbidden'],
  ])('is not begun by %s', async (_, who, expected) => {
    expect(await world.refusal('/uploads', { ...who, method: 'POST', headers: creation('a.pdf', 1) })).toBe(expected);
  });

  it.each([
    ['too large', creation('a.pdf', 65 * MiB), '413 upload_too_large'],
    ['empty', creation('a.pdf', 0), '400 invalid_input'],
    [
      'of unknown length',
      { ...creation('a.pdf', 1), 'upload-length': '', 'upload-defer-length': '1' },
      '400 bad_request',
    ],
    ['a program', creation('setup.exe', 1), '415 type_not_allowed'],
    ['without an extension', creation('README', 1), '415 type_not_allowed'],
    ['disguised', creation('教案.docx.scr', 1), '415 type_not_allowed'],
    ['a path', creation('../../etc/教案.docx', 1), '400 invalid_input'],
    ['a path of Windows', creation('C:\\教案.docx', 1), '400 invalid_input'],
    ['with control characters', creation('教\n案.docx', 1), '400 invalid_input'],
    ['written backwards', creation('教案\u202excod.exe.docx', 1), '400 invalid_input'],
    ['hidden', creation('.docx', 1), '400 invalid_input'],
    ['without a name', creation('', 1), '400 invalid_input'],
    ['named too long', creation(`${'课'.repeat(200)}.docx`, 1), '400 invalid_input'],
    ['of a malformed hash', creation('a.pdf', 1, { sha256: 'abc' }), '400 invalid_input'],
    ['of another tus', { ...creation('a.pdf', 1), 'tus-resumable': '0.2.2' }, '400 bad_request'],
  ])('that is %s is refused before its first byte', async (_, headers, expected) => {
    expect(await world.refusal('/uploads', { method: 'POST', headers })).toBe(expected);
  });

  it('is refused when the disk has no room for it', async () => {
    const { database, folder } = world;
    const full = await createFilesWorld({ shared: { database, folder }, freeBytes: async () => 600 * MiB });
    const roomFor = (bytes: number) => full.request('/uploads', { method: 'POST', headers: creation('a.pdf', bytes) });
    expect((await roomFor(80 * MiB)).status).toBe(201);
    expect(await full.refusal('/uploads', { method: 'POST', headers: creation('a.pdf', 90 * MiB) })).toBe(
      '507 no_space',
    );
    await full.close();
  });

  it('is refused when its school has used up what it may keep, those on their way counted', async () => {
    const quota = await createFilesWorld();
    const schoolId = quota.accounts.teacher.schoolId ?? '';
    const begin = (bytes: number, as = 'teacher') =>
      quota.request('/uploads', { as, method: 'POST', headers: creation('a.pdf', bytes) });
    const id = await upload(quota, 'a.pdf', randomBytes(MiB));
    await quota.db
      .updateTable('school')
      .set({ quota_bytes: 4 * MiB })
      .where('id', '=', schoolId)
      .execute();

    const answers = await Promise.all(
      [...'12345678'].map(async (number) => await begin(MiB, Number(number) % 2 ? 'teacher' : 'colleague')),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 507, 507, 507, 507, 507]);
    expect(await answers.find(({ status }) => status === 507)?.json()).toMatchObject({
      code: 'quota_exceeded',
      quota: { used: 4 * MiB, limit: 4 * MiB, needed: MiB },
    });
    expect((await begin(MiB, 'stranger')).status).toBe(201);

    expect((await quota.request(`/files/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await begin(MiB)).status).toBe(201);
    expect((await begin(1)).status).toBe(507);
    await quota.db.updateTable('school').set({ quota_bytes: null }).where('id', '=', schoolId).execute();
    expect((await begin(MiB)).status).toBe(201);
    await quota.close();
  });

  it.each(['colleague', 'stranger'])('cannot be seen, continued or removed by a %s', async (as) => {
    const id = await create();
    const headers = { 'tus-resumable': '1.0.0' };
    expect((await head(id, as)).status).toBe(404);
    expect(
      await world.refusal(`/uploads/${id}`, { as, method: 'PATCH', headers: continuation(0), body: Buffer.alloc(1) }),
    ).toBe('404 not_found');
    expect(await world.refusal(`/uploads/${id}`, { as, method: 'DELETE', headers })).toBe('404 not_found');
    expect((await head(id)).headers.get('upload-offset')).toBe('0');
  });

  it('can be given up', async () => {
    const id = await create();
    await patch(id, 0, Buffer.alloc(3));
    const given = await world.request(`/uploads/${id}`, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } });
    expect(given.status).toBe(204);
    expect((await head(id)).status).toBe(404);
    expect(await world.db.selectFrom('upload').selectAll().where('id', '=', id).execute()).toEqual([]);
  });

  it('answers other methods and other ids with refusals', async () => {
    expect(await world.refusal('/uploads', { method: 'GET' })).toBe('405 method_not_allowed');
    expect(await world.refusal('/uploads/etc', { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } })).toBe(
      '404 not_found',
    );
    expect((await head('..%2f..%2fetc')).status).toBe(404);
  });

  it('never takes more bytes than announced', async () => {
    const id = await create('a.pdf', 10);
    expect(
      await world.refusal(`/uploads/${id}`, { method: 'PATCH', headers: continuation(0), body: Buffer.alloc(11) }),
    ).toMatch(/^413/);
    expect(await fileRow(id)).toBeUndefined();
  });

  it('is registered by the sweep when the process was killed after the last byte', async () => {
    const content = randomBytes(1000);
    const id = await create('a.pdf', content.length);
    await patch(id, 0, content.subarray(0, 500));
    // What the tus library leaves when its process dies between the write and the hook.
    await writeFile(join(world.folder, 'uploads', id), content);
    expect(await world.uploads.sweep(AbortSignal.timeout(5000))).toMatchObject({ finished: 1 });
    expect(await fileRow(id)).toMatchObject({ bytes: 1000 });
    expect(sha256(await buffer(await world.storage.get(`files/${id}`)))).toBe(sha256(content));
    expect(await world.uploads.sweep(AbortSignal.timeout(5000))).toMatchObject({ finished: 0 });
  });

  it('is registered when the client asks, if the process was killed after moving it', async () => {
    const content = randomBytes(1000);
    const id = await create('a.pdf', content.length);
    await patch(id, 0, content.subarray(0, 500));
    await writeFile(join(world.folder, 'uploads', id), content);
    // Killed between the move and the transaction: two names for one file.
    await world.storage.put(
      `files/${id}`,
      (async function* () {
        yield content;
      })(),
      { bytes: content.length },
    );
    expect((await head(id)).headers.get('upload-offset')).toBe('1000');
    expect(await fileRow(id)).toMatchObject({ bytes: 1000 });
    expect(await readdir(join(world.folder, 'uploads'))).not.toContain(id);
  });

  it('that nobody goes on with is removed', async () => {
    const id = await create('a.pdf', 1000);
    await patch(id, 0, randomBytes(10));
    const stray = join(world.folder, 'uploads', 'stray');
    await writeFile(stray, 'left by a crash');
    await utimes(stray, 0, 0);
    await world.db.updateTable('upload').set({ finished_at: null }).where('id', '=', id).execute();
    await world.database.pool.query(`update upload set created_at = now() - interval '2 hours' where id = $1`, [id]);
    expect(await world.uploads.sweep(AbortSignal.timeout(5000))).toMatchObject({ removed: 2 });
    expect((await head(id)).status).toBe(404);
    expect(await readdir(join(world.folder, 'uploads'))).not.toContain(id);
  });
});

describe('the sweep', () => {
  let world: FilesWorld;
  beforeAll(async () => {
    world = await createFilesWorld();
  });
  afterAll(() => world.close());

  it('goes on behind an upload that can never be finished', async () => {
    const begin = async () => {
      const response = await world.request('/uploads', { method: 'POST', headers: creation('a.pdf', 100) });
      return response.headers.get('location')?.split('/').at(-1) ?? '';
    };
    const [broken, over] = [await begin(), await begin()];
    await writeFile(join(world.folder, 'uploads', broken), randomBytes(100));
    // An object of another length has its name.
    const other = async function* () {
      yield randomBytes(7);
    };
    await world.storage.put(`files/${broken}`, other(), { bytes: 7 });
    await world.database.pool.query(`update upload set created_at = now() - interval '2 hours' where id = $1`, [over]);
    expect(await world.uploads.sweep(AbortSignal.timeout(5000))).toEqual({ finished: 0, removed: 1 });
    expect(await readdir(join(world.folder, 'uploads'))).toEqual([broken, `${broken}.json`]);
  });

  it('remembers since when and why an upload finds no end, until it does', async () => {
    const begun = await world.request('/uploads', { method: 'POST', headers: creation('b.pdf', 100) });
    const id = begun.headers.get('location')?.split('/').at(-1) ?? '';
    const row = () =>
      world.db.selectFrom('upload').select(['failure', 'failed_at']).where('id', '=', id).executeTakeFirst();
    await world.uploads.sweep(AbortSignal.timeout(5000));
    expect(await row()).toEqual({ failure: null, failed_at: null });
    await writeFile(join(world.folder, 'uploads', id), randomBytes(100));
    const other = async function* () {
      yield randomBytes(7);
    };
    await world.storage.put(`files/${id}`, other(), { bytes: 7 });
    await world.uploads.sweep(AbortSignal.timeout(5000));
    const first = await row();
    expect(first).toEqual({
      failure: expect.stringContaining('has 100 bytes, its object 7'),
      failed_at: expect.any(Date),
    });
    await world.uploads.sweep(AbortSignal.timeout(5000));
    expect((await row())?.failed_at).toEqual(first?.failed_at);
    await world.storage.delete(`files/${id}`);
    expect(await world.uploads.sweep(AbortSignal.timeout(5000))).toMatchObject({ finished: 1 });
    expect(await row()).toBeUndefined();
  });
});

describe('uploads of several processes', () => {
  let first: FilesWorld;
  let second: FilesWorld;
  let addresses: string[];
  beforeAll(async () => {
    first = await createFilesWorld();
    second = await createFilesWorld({ shared: { database: first.database, folder: first.folder } });
    addresses = [await first.listen(), await second.listen()];
  });
  afterAll(async () => {
    await second.close();
    await first.close();
  });

  /** Sends `byte` slowly, as a bad line does. Resolves with the status, or 0 when the line was cut. */
  function sendSlowly(address: string, id: string, byte: number, bytes: number, chunk: number, pauseMs: number) {
    const { promise, resolve } = Promise.withResolvers<number>();
    const outgoing = httpRequest(
      `${address}/uploads/${id}`,
      { method: 'PATCH', headers: { ...continuation(0), 'content-length': bytes, 'x-actor': 'teacher' } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    outgoing.on('error', () => resolve(0));
    void (async () => {
      for (let sent = 0; sent < bytes && !outgoing.destroyed; sent += chunk) {
        outgoing.write(Buffer.alloc(Math.min(chunk, bytes - sent), byte));
        await sleep(pauseMs);
      }
      outgoing.end();
    })();
    return { answered: promise, cut: () => outgoing.destroy() };
  }

  async function createOn(address: string, bytes: number): Promise<string> {
    const created = await fetch(`${address}/uploads`, {
      method: 'POST',
      headers: { ...creation('a.mp4', bytes), 'x-actor': 'teacher' },
    });
    return created.headers.get('location')?.split('/').at(-1) ?? '';
  }
  const offsetOf = async (address: string, id: string) => {
    const response = await fetch(`${address}/uploads/${id}`, {
      method: 'HEAD',
      headers: { 'tus-resumable': '1.0.0', 'x-actor': 'teacher' },
    });
    return Number(response.headers.get('upload-offset'));
  };
  /** Something of it has come. Asking for its offset would make the writer give way. */
  const arrived = (id: string) =>
    vi.waitFor(async () => expect((await stat(join(first.folder, 'uploads', id))).size).toBeGreaterThan(0), {
      timeout: 10_000,
    });

  it('never interleave the bytes of two writers', async () => {
    const [a = '', b = ''] = addresses;
    const bytes = 4 * MiB;
    const id = await createOn(a, bytes);
    const one = sendSlowly(a, id, 0xaa, bytes, 64 * 1024, 100);
    await arrived(id);
    const other = sendSlowly(b, id, 0xbb, bytes, 64 * 1024, 5);
    const statuses = await Promise.all([one.answered, other.answered]);
    // The first was asked to give way; the second then began at a wrong offset.
    expect(statuses[1]).toBe(409);
    const offset = await offsetOf(b, id);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(bytes);

    const rest = Buffer.alloc(bytes - offset, 0xcc);
    const done = await fetch(`${b}/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...continuation(offset), 'x-actor': 'teacher' },
      body: rest,
    });
    expect(done.status).toBe(204);
    const content = await buffer(await first.storage.get(`files/${id}`));
    expect(content.equals(Buffer.concat([Buffer.alloc(offset, 0xaa), rest]))).toBe(true);
  });

  it('let the other process go on at once after the line was cut', async () => {
    const [a = '', b = ''] = addresses;
    const bytes = 2 * MiB;
    const id = await createOn(a, bytes);
    const one = sendSlowly(a, id, 0xaa, bytes, 64 * 1024, 200);
    await arrived(id);
    one.cut();
    const askedAt = performance.now();
    const offset = await offsetOf(b, id);
    expect(performance.now() - askedAt).toBeLessThan(2500);
    expect(offset).toBeGreaterThan(0);
    const rest = Buffer.alloc(bytes - offset, 0xdd);
    const done = await fetch(`${b}/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...continuation(offset), 'x-actor': 'teacher' },
      body: rest,
    });
    expect(done.status).toBe(204);
    expect(
      (await buffer(await first.storage.get(`files/${id}`))).equals(Buffer.concat([Buffer.alloc(offset, 0xaa), rest])),
    ).toBe(true);
  });

  it('finish an upload once when both are told of its end', async () => {
    const [a = '', b = ''] = addresses;
    const id = await createOn(a, 100);
    await fetch(`${a}/uploads/${id}`, {
      method: 'PATCH',
      headers: { ...continuation(0), 'x-actor': 'teacher' },
      body: Buffer.alloc(50),
    });
    await writeFile(join(first.folder, 'uploads', id), Buffer.alloc(100));
    expect(await Promise.all([a, b, a, b].map((address) => offsetOf(address, id)))).toEqual([100, 100, 100, 100]);
    const { rows } = await first.database.pool.query(
      `select 1 from jobs.job where name = 'file.process' and data->>'fileId' = $1`,
      [id],
    );
    expect(rows).toHaveLength(1);
  });

  it('cut a writer off when the connection of the locks is lost', async () => {
    const [a = '', b = ''] = addresses;
    const bytes = 4 * MiB;
    const id = await createOn(a, bytes);
    const one = sendSlowly(a, id, 0xaa, bytes, 32 * 1024, 100);
    await arrived(id);
    await first.database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tongke-uploads' and datname = current_database()`,
    );
    await one.answered;
    const offset = await offsetOf(b, id);
    expect(offset).toBeGreaterThan(0);
    expect(offset).toBeLessThan(bytes);
  });
});
