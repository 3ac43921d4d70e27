import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { positionAnswer, unfinishedList } from '../../server/playback/schema.ts';
import { createFilesWorld, type FilesWorld, upload } from './files-world.ts';

let world: FilesWorld;
beforeAll(async () => {
  world = await createFilesWorld();
});
afterAll(() => world.close());

const durationMs = 600_000;
async function film(): Promise<string> {
  const id = await upload(world, '微课.mp4', Buffer.from('a film'));
  const values = { state: 'ready', media_type: 'video/mp4', duration_ms: durationMs } as const;
  await world.db.updateTable('file').set(values).where('id', '=', id).execute();
  return id;
}
const save = (id: string, json: object, as = 'teacher') =>
  world.request(`/files/${id}/position`, {
    as,
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(json),
  });
const position = async (id: string, as = 'teacher') =>
  positionAnswer.parse(await (await world.request(`/files/${id}/position`, { as })).json()).position;

describe('where an account stopped', () => {
  it('is kept, and the newest one wins however late the others come', async () => {
    const id = await film();
    expect(await position(id)).toBeNull();
    expect((await save(id, { positionMs: 60_000, agoMs: 5_000 })).status).toBe(204);
    expect(await position(id)).toMatchObject({ positionMs: 60_000 });
    expect((await position(id))?.agoMs).toBeGreaterThanOrEqual(5_000);
    // Of a telephone that was out of reach.
    expect((await save(id, { positionMs: 10_000, agoMs: 3_600_000 })).status).toBe(204);
    expect(await position(id)).toMatchObject({ positionMs: 60_000 });
    await save(id, { positionMs: 90_000 });
    expect(await position(id)).toMatchObject({ positionMs: 90_000 });
  });

  it('is nowhere once it was played to its end', async () => {
    const id = await film();
    await save(id, { positionMs: 0.94 * durationMs });
    expect(await position(id)).toMatchObject({ positionMs: 564_000 });
    await save(id, { positionMs: 0.96 * durationMs });
    expect(await position(id)).toMatchObject({ positionMs: 0 });
  });

  it('is of one account, and of files that it may see', async () => {
    const id = await film();
    await save(id, { positionMs: 60_000 });
    for (const as of ['stranger', 'colleague']) {
      expect(await world.refusal(`/files/${id}/position`, { as })).toBe('404 not_found');
      expect((await save(id, { positionMs: 1 }, as)).status).toBe(404);
    }
    world.readers.slides.add(world.accounts.colleague.id);
    expect(await position(id, 'colleague')).toBeNull();
    await save(id, { positionMs: 5_000 }, 'colleague');
    world.readers.slides.clear();
    expect(await position(id)).toMatchObject({ positionMs: 60_000 });
    expect((await world.request(`/files/${id}/position`, { as: 'device' })).status).toBe(403);
    for (const wrong of [{ positionMs: -1 }, { positionMs: 1.5 }, { positionMs: 1, agoMs: -5 }, {}]) {
      expect((await save(id, wrong)).status).toBe(400);
    }
  });

  it('is listed, the last one first, as long as it may be seen', async () => {
    const names = ['甲', '乙', '丙'];
    const ids: string[] = [];
    for (const [index, title] of names.entries()) {
      const id = await film();
      ids.push(id);
      const resource = await world.db
        .insertInto('resource')
        .values({
          title,
          kind: 'micro_lesson',
          licence: 'cc_by',
          visibility: 'school',
          owner_id: world.accounts.teacher.id,
          school_id: world.accounts.teacher.schoolId ?? '',
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await world.db.updateTable('file').set({ resource_id: resource.id }).where('id', '=', id).execute();
      world.readers.resource.add(world.accounts.teacher.id);
      await save(id, { positionMs: 60_000, agoMs: 1000 * (10 - index) });
    }
    await save(ids[1] ?? '', { positionMs: durationMs });
    const listed = async () => unfinishedList.parse(await (await world.request('/me/unfinished')).json()).items;
    expect((await listed()).map(({ fileId }) => fileId)).toEqual([ids[2], ids[0]]);
    expect((await listed())[0]).toMatchObject({ positionMs: 60_000, durationMs, hasPoster: false, title: '课' });
    world.readers.resource.clear();
    expect(await listed()).toEqual([]);
  });
});
