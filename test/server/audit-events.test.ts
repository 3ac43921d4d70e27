import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { auditEventPage } from '../../server/audit/schema.ts';
import type { Browser } from './environment/browser.ts';
import { password } from './environment/people.ts';
import { createWholeApplication, type WholeApplication } from './environment/whole-application.ts';
import { continuation, creation } from './files-world.ts';

let world: WholeApplication;
let admin: Browser;
let principal: Browser;
let teacher: Browser;
let room: Awaited<ReturnType<WholeApplication['enrolDevice']>>;
beforeAll(async () => {
  world = await createWholeApplication();
  admin = await world.signIn('admin');
  principal = await world.signIn('principal');
  teacher = await world.signIn('teacher');
  room = await world.enrolDevice('member', '三(2)班');
}, 60_000);
afterAll(() => world.close());

const made = z.looseObject({ id: z.uuid() });
async function ok(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const text = await response.text();
  return text.startsWith('{') ? JSON.parse(text) : text;
}
const idOf = async (answer: Promise<Response>) => made.parse(await ok(answer)).id;

/** What is told of a subject, the oldest first: who did what. */
async function told(subjectId: string, by = admin) {
  const { items } = auditEventPage.parse(await ok(by.get(`/api/audit-events?subjectId=${subjectId}`)));
  return items.reverse().map(({ actor, action, details }) => [actor?.name ?? null, action, details]);
}
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 100 });

async function uploadFile(browser: Browser, name: string, content: string): Promise<string> {
  const created = await browser.post('/api/uploads', undefined, {
    headers: creation(name, Buffer.byteLength(content)),
  });
  const id = created.headers.get('location')?.split('/').at(-1) ?? '';
  await ok(browser.request(`/api/uploads/${id}`, { method: 'PATCH', headers: continuation(0), body: content }));
  return id;
}

describe('what is written down', () => {
  it('of accounts', async () => {
    const body = { name: '新来的', login: 'newcomer', role: 'teacher', schoolId: world.schools.lead };
    const { account, initialPassword } = z
      .object({ account: made, initialPassword: z.string() })
      .parse(await ok(principal.post('/api/accounts', body)));
    const path = `/api/accounts/${account.id}`;
    const newcomer = world.open({ address: '192.0.2.11' });
    await newcomer.post('/api/sign-in', { login: 'newcomer', password: 'not it' });
    await ok(newcomer.post('/api/sign-in', { login: 'newcomer', password: initialPassword }));
    await ok(newcomer.post('/api/me/password', { current: initialPassword, next: password }));
    await ok(principal.patch(path, { name: '改了名', role: 'operator' }));
    await ok(principal.post(`${path}/password`));
    await ok(principal.patch(path, { disabled: true }));
    // Nothing changes, so nothing is told.
    await ok(principal.patch(path, { disabled: true }));
    await newcomer.post('/api/sign-in', { login: 'newcomer', password });
    await ok(principal.patch(path, { disabled: false }));
    const expected = [
      ['principal-lead', 'account.created', { login: 'newcomer', role: 'teacher' }],
      [null, 'sign_in_refused', { reason: 'password' }],
      ['改了名', 'signed_in', {}],
      ['改了名', 'password.changed', {}],
      ['principal-lead', 'role.changed', { from: 'teacher', to: 'operator' }],
      ['principal-lead', 'account.changed', { fields: ['name'] }],
      ['principal-lead', 'password.reset', {}],
      ['principal-lead', 'account.disabled', {}],
      [null, 'sign_in_refused', { reason: 'disabled' }],
      ['principal-lead', 'account.enabled', {}],
    ];
    expect(await told(account.id)).toEqual(expected);
    expect(await told(account.id, principal)).toEqual(expected);
    const { items } = auditEventPage.parse(await ok(admin.get(`/api/audit-events?subjectId=${account.id}`)));
    // The name it had then, and where the sign-in came from.
    expect(items.at(-1)).toMatchObject({ subject: { title: '新来的', school: { name: '中心小学' } } });
    expect(items.find(({ action }) => action === 'signed_in')?.ipAddress).toBe('192.0.2.11');
  });

  it('of an account that is locked: from where it was tried on, and nothing of a fault of ours', async () => {
    const id = world.accounts['teacher-stranger'] ?? '';
    await world.db.updateTable('account').set({ name: '被猜的老师' }).where('id', '=', id).execute();
    const tryFrom = (address: string) =>
      world.open({ address }).post('/api/sign-in', { login: 'teacher-stranger', password: 'wrong' });
    for (let n = 0; n < 10; n++) expect((await tryFrom('192.0.2.21')).status).toBe(401);
    for (const address of ['192.0.2.21', '192.0.2.22', '192.0.2.21', '192.0.2.22']) {
      expect((await tryFrom(address)).status).toBe(423);
    }
    const locked = async () => {
      const { items } = auditEventPage.parse(await ok(admin.get(`/api/audit-events?subjectId=${id}`)));
      return items.filter(({ details }) => details.reason === 'locked');
    };
    await eventually(async () => {
      const events = await locked();
      expect(events.map(({ ipAddress }) => ipAddress).sort()).toEqual(['192.0.2.21', '192.0.2.22']);
      expect(events.map(({ subject }) => subject.title)).toEqual(['被猜的老师', '被猜的老师']);
    });
    await world.db.schema.alterTable('attempt').renameTo('attempt_away').execute();
    try {
      expect((await tryFrom('192.0.2.23')).status).toBe(500);
    } finally {
      await world.db.schema.alterTable('attempt_away').renameTo('attempt').execute();
    }
    // The next one is written after it.
    await tryFrom('192.0.2.24');
    await eventually(async () => expect((await locked()).map(({ ipAddress }) => ipAddress)).toContain('192.0.2.24'));
    expect((await locked()).map(({ ipAddress }) => ipAddress)).not.toContain('192.0.2.23');
  });

  it('of a resource and its file: uploaded, published, seen, taken, changed and deleted', {
    timeout: 60_000,
  }, async () => {
    const fileId = await uploadFile(teacher, '教案.txt', '三年级上册的教案。'.repeat(200));
    const resource = {
      title: '几分之一',
      kind: 'lesson_plan',
      licence: 'cc_by',
      visibility: 'school',
      fileIds: [fileId],
      publish: true,
    };
    const id = await idOf(teacher.post('/api/resources', resource));
    await ok(teacher.get(`/api/resources/${id}`));
    const colleague = await world.signInAs('second-teacher-lead');
    for (let n = 0; n < 3; n++) await ok(colleague.get(`/api/resources/${id}`));
    const content = `/api/files/${fileId}/content`;
    for (const from of [0, 100, 200]) {
      await ok(colleague.get(`${content}?disposition=inline`, { headers: { range: `bytes=${from}-${from + 99}` } }));
      await ok(colleague.get(content, { headers: { range: `bytes=${from}-${from + 99}` } }));
    }
    await ok(colleague.request(content, { method: 'HEAD' }));
    await ok(teacher.patch(`/api/resources/${id}`, { revision: 1, visibility: 'alliance' }));
    await ok(teacher.delete(`/api/resources/${id}/publication`));
    await ok(teacher.delete(`/api/resources/${id}`));
    const who = 'teacher-lead';
    await eventually(async () => {
      expect(await told(id)).toEqual([
        [who, 'resource.created', { kind: 'lesson_plan', visibility: 'school' }],
        [who, 'resource.published', {}],
        ['second-teacher-lead', 'resource.viewed', {}],
        [who, 'resource.changed', { revision: 2 }],
        [who, 'visibility.changed', { from: 'school', to: 'alliance' }],
        [who, 'resource.withdrawn', {}],
        [who, 'resource.deleted', {}],
      ]);
      expect(await told(fileId)).toEqual([
        [who, 'file.uploaded', { bytes: Buffer.byteLength('三年级上册的教案。') * 200 }],
        ['second-teacher-lead', 'file.viewed', {}],
        ['second-teacher-lead', 'file.downloaded', {}],
      ]);
    });
    const loose = await uploadFile(teacher, '不要了.txt', 'x'.repeat(50));
    await ok(teacher.delete(`/api/files/${loose}`));
    expect((await told(loose)).map(([, action]) => action)).toEqual(['file.uploaded', 'file.deleted']);
  });

  it('of files that a resource lets go, by whom, and of nothing where the change is refused', async () => {
    const fileIds = [
      await uploadFile(teacher, '留下.txt', 'a'.repeat(50)),
      await uploadFile(teacher, '拿掉.txt', 'b'.repeat(50)),
    ];
    const [kept = '', gone = ''] = fileIds;
    const plan = { title: '换文件', kind: 'lesson_plan', licence: 'cc_by', visibility: 'school', fileIds };
    const id = await idOf(teacher.post('/api/resources', plan));
    const path = `/api/resources/${id}`;
    const refused = await teacher.patch(path, { revision: 1, fileIds: [crypto.randomUUID()] });
    expect(refused.status).toBe(400);
    await ok(teacher.patch(path, { revision: 1, fileIds: [kept] }));
    expect((await told(kept)).map(([, action]) => action)).toEqual(['file.uploaded']);
    expect((await told(gone)).slice(1)).toEqual([['teacher-lead', 'file.removed', { resourceId: id }]]);
  });

  it('of a recording that is watched', async () => {
    const { db, storage, schools, accounts } = world;
    const object_key = `recordings/${crypto.randomUUID()}/video-1.mp4`;
    await storage.put(object_key, Readable.from([Buffer.from('a video')]), { bytes: 7 });
    const owned = { school_id: schools.lead, owner_id: accounts['teacher-lead'] ?? '' };
    const recording = { kind: 'class_recording', title: '一堂课', licence: 'alliance_only', visibility: 'alliance' };
    const { id: resource_id } = await db
      .insertInto('resource')
      .values({ ...owned, ...recording, visibility: 'alliance', status: 'published', published_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    const file = { name: '一堂课.mp4', bytes: 7, object_key, media_type: 'video/mp4', state: 'ready' } as const;
    const { id } = await db
      .insertInto('file')
      .values({ ...owned, ...file, resource_id })
      .returning('id')
      .executeTakeFirstOrThrow();
    const rendition = { file_id: id, name: '360p', media_type: 'video/mp4', bytes: 7, bitrate: 1 } as const;
    await db
      .insertInto('rendition')
      .values({ ...rendition, object_key: `${object_key}.small` })
      .execute();
    await storage.put(`${object_key}.small`, Readable.from([Buffer.from('a video')]), { bytes: 7 });
    await ok(room.browser.get(`/api/files/${id}/renditions/360p`));
    await ok(room.browser.get(`/api/files/${id}/content?disposition=inline`));
    await ok(admin.get(`/api/files/${id}/content`));
    await eventually(async () =>
      expect(await told(id)).toEqual([
        ['三(2)班 · 一体机', 'recording.viewed', {}],
        ['admin-lead', 'file.downloaded', {}],
      ]),
    );
  });

  it('of a class session, who entered it and as what', async () => {
    const plan = {
      title: '分数的初步认识',
      allianceId: world.alliances.ours,
      roomIds: [room.roomId],
      scheduledStart: new Date().toISOString(),
      scheduledEnd: new Date(Date.now() + 2_400_000).toISOString(),
    };
    const id = await idOf(teacher.post('/api/class-sessions', plan));
    const path = `/api/class-sessions/${id}`;
    await ok(teacher.patch(path, { title: '分数' }));
    await ok(teacher.post(`${path}/start`));
    await ok(teacher.post(`${path}/join`));
    for (let n = 0; n < 3; n++) await ok(room.browser.post(`${path}/join`));
    await ok((await world.signIn('principal', 'member')).post(`${path}/join`));
    await ok(teacher.post(`${path}/end`));
    await eventually(async () =>
      expect((await told(id)).sort()).toEqual(
        [
          ['teacher-lead', 'class_session.created', {}],
          ['teacher-lead', 'class_session.changed', {}],
          ['teacher-lead', 'class_session.started', {}],
          ['teacher-lead', 'class_session.joined', { role: 'presenter' }],
          ['三(2)班 · 一体机', 'class_session.joined', { role: 'receiver' }],
          ['principal-member', 'class_session.joined', { role: 'observer' }],
          ['teacher-lead', 'class_session.ended', {}],
        ].sort(),
      ),
    );
    const other = await idOf(teacher.post('/api/class-sessions', { ...plan, allowClash: true }));
    await ok(teacher.post(`/api/class-sessions/${other}/cancellation`, {}));
    expect((await told(other)).at(-1)).toEqual(['teacher-lead', 'class_session.cancelled', {}]);
  });

  it('of rooms and their devices', async () => {
    const { browser, deviceId } = await world.enrolDevice('lead', '录播室');
    await ok(principal.delete(`/api/devices/${deviceId}`));
    expect((await browser.get('/api/me')).status).toBe(401);
    expect(await told(deviceId)).toEqual([
      ['admin-lead', 'device.announced', {}],
      [null, 'device.enrolled', {}],
      ['principal-lead', 'device.revoked', {}],
    ]);
    const { room: newRoom } = z
      .object({ room: made })
      .parse(await ok(principal.post('/api/rooms', { schoolId: world.schools.lead, name: '一楼' })));
    await ok(principal.patch(`/api/rooms/${newRoom.id}`, { name: '二楼' }));
    const { device } = z
      .object({ device: made })
      .parse(await ok(principal.post(`/api/rooms/${newRoom.id}/devices`, { name: '一体机' })));
    await ok(principal.delete(`/api/rooms/${newRoom.id}`));
    const who = 'principal-lead';
    expect(await told(newRoom.id)).toEqual([
      [who, 'room.created', {}],
      [who, 'room.changed', {}],
      [who, 'room.deleted', {}],
    ]);
    expect((await told(device.id)).map(([, action]) => action)).toEqual(['device.announced', 'device.revoked']);
  });

  it('of schools, alliances, the catalog and synonyms', async () => {
    const { school } = z.object({ school: made }).parse(await ok(admin.post('/api/schools', { name: '山口小学' })));
    await ok(admin.patch(`/api/schools/${school.id}`, { name: '山口中心小学', quotaBytes: 1_000_000 }));
    const membership = `/api/alliances/${world.alliances.ours}/schools/${school.id}`;
    await ok(admin.put(membership, { role: 'member' }));
    await ok(admin.delete(membership));
    const who = 'admin-lead';
    expect(await told(school.id)).toEqual([
      [who, 'school.created', {}],
      [who, 'school.changed', {}],
      [who, 'quota.changed', { quotaBytes: 1_000_000 }],
    ]);
    expect(await told(world.alliances.ours)).toEqual([
      [who, 'alliance.changed', { role: 'member' }],
      [who, 'alliance.changed', { role: null }],
    ]);
    const { alliance } = z
      .object({ alliance: made })
      .parse(await ok(admin.post('/api/alliances', { name: '山口共同体', kind: 'mutual' })));
    expect(await told(alliance.id)).toEqual([[who, 'alliance.created', { kind: 'mutual' }]]);

    const group = await idOf(admin.post('/api/synonyms', { words: ['教案', '教学设计'] }));
    await ok(admin.put(`/api/synonyms/${group}`, { words: ['教案', '教学方案'] }));
    await ok(admin.delete(`/api/synonyms/${group}`));
    expect((await told(group)).map(([, , details]) => details)).toEqual([
      { change: 'created' },
      { change: 'changed' },
      { change: 'deleted' },
    ]);

    const list = { body: '学段\t学科\n小学\t数学\n', headers: { 'content-type': 'text/tab-separated-values' } };
    await ok(admin.post('/api/catalog/import?dryRun=true', undefined, list));
    await ok(admin.post('/api/catalog/import', undefined, list));
    const { items } = auditEventPage.parse(await ok(admin.get('/api/audit-events?action=catalog.imported')));
    expect(items.map(({ actor, details }) => [actor?.name, details])).toEqual([[who, { created: 2, updated: 0 }]]);
  });
});
