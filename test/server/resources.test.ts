import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource, ResourceList } from '../../server/resources/schema.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createLibraryWorld, draft, type LibraryWorld, textbooks } from './library-world.ts';

let world: LibraryWorld;
let teacher: Browser;
let colleague: Browser;
let member: Browser;
let stranger: Browser;
let admin: Browser;
const unknown = '0190aaaa-0000-7000-8000-000000000000';

beforeAll(async () => {
  world = await createLibraryWorld();
  await world.catalog.import(Buffer.from(textbooks));
  teacher = await world.signIn('teacher');
  colleague = await world.signInAs('second-teacher-lead');
  member = await world.signIn('teacher', 'member');
  stranger = await world.signIn('teacher', 'stranger');
  admin = await world.signIn('admin');
});
afterAll(() => world.close());

async function read(browser: Browser, id: string): Promise<Resource> {
  return (await (await browser.get(`/api/resources/${id}`)).json()) as Resource;
}

describe('putting in', () => {
  it('makes a resource with its place and files, in their order', async () => {
    const fileIds = [await world.addFile('teacher-lead', '教案.pdf'), await world.addFile('teacher-lead', '课件.pdf')];
    const nodeId = await world.nodeAt('primary/math/renjiao/g3/vol1');
    const response = await teacher.post('/api/resources', { ...draft, nodeId, fileIds: fileIds.toReversed() });
    expect(response.status).toBe(201);
    const resource = (await response.json()) as Resource;
    expect(resource).toMatchObject({
      title: draft.title,
      status: 'draft',
      revision: 1,
      publishedAt: null,
      school: { name: '中心小学' },
      owner: { id: world.accounts['teacher-lead'] },
      fileCount: 2,
      bytes: 2468,
      cover: { fileId: fileIds[1], mediaType: 'application/pdf', pages: 3, thumbnail: false },
      recording: null,
      mayEdit: true,
      place: {
        nodeId,
        stage: { slug: 'primary', name: '小学' },
        subject: { slug: 'math', name: '数学' },
        edition: { slug: 'renjiao', name: '人教版' },
        grade: { slug: 'g3', name: '三年级' },
        volume: { slug: 'vol1', name: '上册' },
        unit: null,
        lesson: null,
      },
    });
    expect(resource.files.map(({ name }) => name)).toEqual(['课件.pdf', '教案.pdf']);
  });

  it('shows by the first file that can be shown, whatever comes before it', async () => {
    const names = ['素材.zip', '照片.jpg', '课件.pdf', '教案.pdf'];
    const fileIds: string[] = [];
    for (const name of names) fileIds.push(await world.addFile('teacher-lead', name));
    const [archive = '', photo = '', slides = '', plan = ''] = fileIds;
    const become = (id: string, media_type: string) =>
      world.db.updateTable('file').set({ media_type, pages: null }).where('id', '=', id).execute();
    await become(archive, 'application/zip');
    await become(photo, 'image/jpeg');
    await world.db.updateTable('file').set({ pages: 300, total_pages: 1024 }).where('id', '=', slides).execute();
    const { id } = (await (await teacher.post('/api/resources', { ...draft, fileIds })).json()) as Resource;
    const cover = async () => (await read(teacher, id)).cover;
    expect(await cover()).toMatchObject({ fileId: slides, pages: 1024, thumbnail: false });
    const draw = (file_id: string, kind: 'page' | 'image') =>
      world.db
        .insertInto('preview')
        .values({
          file_id,
          kind,
          width: 320,
          height: 200,
          object_key: `${file_id}/1`,
          media_type: 'image/webp',
          bytes: 1,
        })
        .execute();
    await draw(photo, 'image');
    expect(await cover()).toMatchObject({ fileId: photo, thumbnail: true });
    await draw(plan, 'page');
    expect(await cover()).toMatchObject({ fileId: plan, thumbnail: true });
    await draw(slides, 'page');
    expect(await cover()).toMatchObject({ fileId: slides, thumbnail: true });
    await world.db.deleteFrom('preview').where('file_id', 'in', fileIds).execute();
    const { revision } = await read(teacher, id);
    await teacher.patch(`/api/resources/${id}`, { revision, fileIds: [archive] });
    expect(await cover()).toMatchObject({ fileId: archive });
  });

  it('takes no file of another person, none that is used, none that is unknown', async () => {
    const [foreign, own] = [
      await world.addFile('teacher-member', 'a.pdf'),
      await world.addFile('teacher-lead', 'b.pdf'),
    ];
    await world.publish(teacher, { fileIds: [own] });
    for (const fileId of [foreign, own, unknown]) {
      const response = await teacher.post('/api/resources', { ...draft, fileIds: [fileId] });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid_input', errors: [{ path: 'fileIds.0' }] });
    }
    const rows = await world.db.selectFrom('file').select('resource_id').where('id', '=', foreign).execute();
    expect(rows).toEqual([{ resource_id: null }]);
  });

  it.each([
    ['title', { title: '  ' }],
    ['title', { title: '长'.repeat(201) }],
    ['kind', { kind: 'lesson' }],
    ['licence', { licence: 'mine' }],
    ['visibility', { visibility: 'all' }],
    ['nodeId', { nodeId: unknown }],
    ['fileIds.0', { fileIds: ['x'] }],
  ])('refuses a wrong %s', async (path, fields) => {
    const response = await teacher.post('/api/resources', { ...draft, ...fields });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_input', errors: [{ path }] });
  });

  it('is for people of a school', async () => {
    expect(await outcome(world.open().post('/api/resources', draft))).toBe('401 not_signed_in');
    expect(await outcome(admin.post('/api/resources', draft))).toBe('403 forbidden');
    expect(await outcome((await world.signIn('office')).post('/api/resources', draft))).toBe('403 forbidden');
    const { browser } = await world.enrolDevice();
    expect(await outcome(browser.post('/api/resources', draft))).toBe('403 forbidden');
    for (const role of ['operator', 'principal'] as const) {
      expect(await outcome((await world.signIn(role)).post('/api/resources', draft))).toBe('201');
    }
  });
});

describe('changing', () => {
  it('counts revisions, keeps each, and refuses a change of an old one', async () => {
    const { id } = await world.publish(teacher, { title: '初稿' });
    const path = `/api/resources/${id}`;
    const changed = await teacher.patch(path, { revision: 1, title: '二稿', visibility: 'school' });
    expect(await changed.json()).toMatchObject({ revision: 2, title: '二稿', visibility: 'school', kind: draft.kind });
    expect(await outcome(teacher.patch(path, { revision: 1, title: '旧稿' }))).toBe('412 revision_outdated');
    expect(await outcome(teacher.patch(path, { title: '没有版本' }))).toBe('400 invalid_input');
    const kept = await world.db
      .selectFrom('resource_revision')
      .select(['number', 'snapshot', 'account_id'])
      .where('resource_id', '=', id)
      .orderBy('number')
      .execute();
    expect(kept).toMatchObject([
      { number: 1, snapshot: { title: '初稿', visibility: 'alliance' }, account_id: world.accounts['teacher-lead'] },
      { number: 2, snapshot: { title: '二稿', visibility: 'school' } },
    ]);
  });

  it('lets only one of two changes of the same revision through', async () => {
    const { id } = await world.publish(teacher, {});
    const answers = await Promise.all(
      ['一', '二'].map((title) => outcome(teacher.patch(`/api/resources/${id}`, { revision: 1, title }))),
    );
    expect(answers.toSorted()).toEqual(['200', '412 revision_outdated']);
  });

  it('puts files in another order, takes new ones and lets go of others', async () => {
    const names = ['1.pdf', '2.pdf', '3.pdf'];
    const [one, two, three] = await Promise.all(names.map((name) => world.addFile('teacher-lead', name)));
    const { id } = await world.publish(teacher, { fileIds: [one, two] });
    const changed = await teacher.patch(`/api/resources/${id}`, { revision: 1, fileIds: [three, one] });
    expect(((await changed.json()) as Resource).files.map(({ name }) => name)).toEqual(['3.pdf', '1.pdf']);
    const { resource_id } = await world.db
      .selectFrom('file')
      .select('resource_id')
      .where('id', '=', two ?? '')
      .executeTakeFirstOrThrow();
    expect(resource_id).toBeNull();
  });

  it('is for the owner and administrators; others are refused, or told that there is nothing', async () => {
    const { id } = await world.publish(teacher, { visibility: 'school' });
    const attempts = (browser: Browser) => [
      outcome(browser.patch(`/api/resources/${id}`, { revision: 1, title: '别人的' })),
      outcome(browser.post(`/api/resources/${id}/publication`)),
      outcome(browser.delete(`/api/resources/${id}/publication`)),
      outcome(browser.delete(`/api/resources/${id}`)),
    ];
    for (const browser of [colleague, await world.signIn('principal'), await world.signIn('operator')]) {
      expect(new Set(await Promise.all(attempts(browser)))).toEqual(new Set(['403 forbidden']));
    }
    for (const browser of [member, stranger, await world.signIn('office')]) {
      expect(new Set(await Promise.all(attempts(browser)))).toEqual(new Set(['404 not_found']));
    }
    expect(new Set(await Promise.all(attempts(world.open())))).toEqual(new Set(['401 not_signed_in']));
    expect(await outcome(admin.patch(`/api/resources/${id}`, { revision: 1, title: '改正' }))).toBe('200');
  });
});

describe('publishing', () => {
  it('publishes and withdraws; a draft is nobody else’s', async () => {
    const { id } = (await (
      await teacher.post('/api/resources', { ...draft, visibility: 'public' })
    ).json()) as Resource;
    for (const browser of [colleague, member, admin]) {
      expect(await outcome(browser.get(`/api/resources/${id}`))).toBe('404 not_found');
    }
    const published = await teacher.post(`/api/resources/${id}/publication`);
    expect(await published.json()).toMatchObject({ status: 'published', revision: 2 });
    expect(await outcome(stranger.get(`/api/resources/${id}`))).toBe('200');
    expect(await (await teacher.post(`/api/resources/${id}/publication`)).json()).toMatchObject({ revision: 2 });
    expect(await outcome(teacher.delete(`/api/resources/${id}/publication`))).toBe('204');
    expect(await outcome(stranger.get(`/api/resources/${id}`))).toBe('404 not_found');
  });
});

describe('reading', () => {
  it('counts who looks, except the owner', async () => {
    const { id } = await world.publish(teacher, {});
    expect((await read(member, id)).views).toBe(1);
    expect(await read(colleague, id)).toMatchObject({ views: 2, mayEdit: false });
    expect(await read(teacher, id)).toMatchObject({ views: 2, mayEdit: true });
  });

  it('counts downloads', async () => {
    const { id } = await world.publish(teacher, {});
    await world.resources.countDownload(id);
    expect((await read(teacher, id)).downloads).toBe(1);
  });

  it('refuses bad and unknown ids', async () => {
    expect(await outcome(teacher.get('/api/resources/x'))).toBe('400 invalid_input');
    expect(await outcome(teacher.get(`/api/resources/${unknown}`))).toBe('404 not_found');
    expect(await outcome(world.open().get(`/api/resources/${unknown}`))).toBe('401 not_signed_in');
  });
});

describe('deleting', () => {
  it('is gone at once, and a job removes it for good', async () => {
    const fileId = await world.addFile('teacher-lead', 'x.pdf');
    const { id } = await world.publish(teacher, { fileIds: [fileId] });
    expect(await outcome(teacher.delete(`/api/resources/${id}`))).toBe('204');
    expect(await outcome(teacher.get(`/api/resources/${id}`))).toBe('404 not_found');
    expect(await outcome(teacher.delete(`/api/resources/${id}`))).toBe('404 not_found');
    const jobs = await world.database.pool.query(
      `select start_after > now() + interval '6 days' as later from jobs.job where name = 'resource.remove' and data->>'resourceId' = $1`,
      [id],
    );
    expect(jobs.rows).toEqual([{ later: true }]);
    await world.resources.remove(id);
    await world.resources.remove(id);
    const left = await world.db.selectFrom('resource').select('id').where('id', '=', id).execute();
    expect(left).toEqual([]);
    const file = await world.db.selectFrom('file').select('resource_id').where('id', '=', fileId).execute();
    expect(file).toEqual([{ resource_id: null }]);
  });

  it('removes nothing that was not deleted', async () => {
    const { id } = await world.publish(teacher, {});
    await world.resources.remove(id);
    expect(await outcome(teacher.get(`/api/resources/${id}`))).toBe('200');
  });
});

describe('my things', () => {
  it('lists all of one’s own, the last changed first, in parts', async () => {
    const owner = await world.signIn('teacher', 'stranger');
    for (const number of [1, 2, 3, 4, 5]) {
      await owner.post('/api/resources', { ...draft, title: `第${number}课`, publish: number % 2 === 0 });
    }
    const list = async (query: string) =>
      (await (await owner.get(`/api/me/resources?${query}`)).json()) as ResourceList;
    const first = await list('limit=2');
    const second = await list(`limit=2&cursor=${first.nextCursor}`);
    const third = await list(`limit=2&cursor=${second.nextCursor}`);
    expect([first, second, third].flatMap(({ items }) => items.map(({ title }) => title))).toEqual(
      [5, 4, 3, 2, 1].map((number) => `第${number}课`),
    );
    expect(third.nextCursor).toBeNull();
    expect((await list('status=published')).items.map(({ title }) => title)).toEqual(['第4课', '第2课']);
  });

  it('refuses cursors of its own making', async () => {
    const forged = Buffer.from(JSON.stringify(["now'", 'x'])).toString('base64url');
    for (const cursor of ['x', forged, '%27']) {
      expect(await outcome(teacher.get(`/api/me/resources?cursor=${cursor}`))).toBe('400 invalid_input');
    }
    expect(await outcome(world.open().get('/api/me/resources'))).toBe('401 not_signed_in');
  });
});
