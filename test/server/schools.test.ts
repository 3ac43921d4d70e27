import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const unknownId = '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21';

interface Listed {
  items: { id: string; name: string; schools?: { name: string; role: string }[] }[];
}
const namesIn = async (response: Response) => ((await response.json()) as Listed).items.map((item) => item.name);

describe('schools and alliances', () => {
  it('shows people their own alliances and the schools in them', async () => {
    for (const browser of [await world.signIn('teacher', 'member'), await world.signIn('office')]) {
      expect(await namesIn(await browser.get('/api/schools'))).toEqual(
        expect.arrayContaining(['中心小学', '东河小学']),
      );
      expect(await namesIn(await browser.get('/api/schools'))).not.toContain('南湾小学');
      const { items } = (await (await browser.get('/api/alliances')).json()) as Listed;
      expect(items).toHaveLength(1);
      expect(items[0]?.schools?.map(({ name, role }) => [name, role])).toEqual([
        ['中心小学', 'lead'],
        ['东河小学', 'member'],
      ]);
    }
  });

  it('shows an administrator all of them', async () => {
    const admin = await world.signIn('admin');
    expect(await namesIn(await admin.get('/api/schools'))).toEqual(expect.arrayContaining(['中心小学', '南湾小学']));
    expect(await namesIn(await admin.get('/api/alliances'))).toEqual(
      expect.arrayContaining(['青禾教育共同体', '远山教育共同体']),
    );
  });

  it('shows a school of no alliance itself', async () => {
    const admin = await world.signIn('admin');
    const { school } = (await (await admin.post('/api/schools', { name: '孤山小学' })).json()) as {
      school: { id: string };
    };
    await admin.patch(`/api/accounts/${world.accounts['second-teacher-lead']}`, { schoolId: school.id });
    const teacher = await world.signInAs('second-teacher-lead');
    expect(await namesIn(await teacher.get('/api/schools'))).toEqual(['孤山小学']);
    expect(await namesIn(await teacher.get('/api/alliances'))).toEqual([]);
  });

  it('makes, renames and joins them', async () => {
    const admin = await world.signIn('admin');
    const made = await admin.post('/api/schools', { name: ' 西岭小学 ' });
    expect(made.status).toBe(201);
    const { school } = (await made.json()) as { school: { id: string; name: string } };
    expect(school.name).toBe('西岭小学');
    expect(await (await admin.patch(`/api/schools/${school.id}`, { name: '西岭中心小学' })).json()).toEqual({
      school: { id: school.id, name: '西岭中心小学' },
    });

    const { alliance } = (await (
      await admin.post('/api/alliances', { name: '云岭教育联盟', kind: 'remote' })
    ).json()) as {
      alliance: { id: string };
    };
    const member = `/api/alliances/${alliance.id}/schools/${school.id}`;
    expect(await (await admin.put(member, { role: 'member' })).json()).toMatchObject({
      alliance: { schools: [{ id: school.id, role: 'member' }] },
    });
    expect(await (await admin.put(member, { role: 'lead' })).json()).toMatchObject({
      alliance: { schools: [{ id: school.id, role: 'lead' }] },
    });
    const second = `/api/alliances/${alliance.id}/schools/${world.schools.member}`;
    expect(await outcome(admin.put(second, { role: 'lead' }))).toBe('409 lead_taken');
    expect(await outcome(admin.put(second, { role: 'member' }))).toBe('200');
    expect(await outcome(admin.delete(second))).toBe('204');
    expect(await outcome(admin.delete(second))).toBe('404 not_found');
  });

  it('lets an administrator see and set what a school may keep', async () => {
    const [admin, teacher] = [await world.signIn('admin'), await world.signIn('teacher')];
    const path = `/api/schools/${world.schools.lead}`;
    const storageSeenBy = async (browser: typeof admin) => {
      const { items } = (await (await browser.get('/api/schools')).json()) as {
        items: { id: string; storage?: { usedBytes: number; quotaBytes: number | null } }[];
      };
      return items.find(({ id }) => id === world.schools.lead)?.storage;
    };
    expect(await storageSeenBy(admin)).toEqual({ usedBytes: 0, quotaBytes: null });
    expect((await admin.patch(path, { quotaBytes: 5 * 1024 ** 3 })).status).toBe(200);
    const file = { school_id: world.schools.lead, name: 'a.pdf', media_type: 'application/pdf' };
    await world.db
      .insertInto('file')
      .values([
        { ...file, bytes: 3_000_000_000, object_key: 'files/one' },
        { ...file, bytes: 1_000_000_000, object_key: 'files/two' },
        { ...file, bytes: 7, object_key: 'files/gone', deleted_at: new Date() },
      ])
      .execute();
    expect(await storageSeenBy(admin)).toEqual({ usedBytes: 4_000_000_000, quotaBytes: 5 * 1024 ** 3 });
    expect(await storageSeenBy(teacher)).toBeUndefined();
    expect((await admin.patch(path, { quotaBytes: null })).status).toBe(200);
    expect(await storageSeenBy(admin)).toEqual({ usedBytes: 4_000_000_000, quotaBytes: null });
    expect(await outcome(admin.patch(path, { quotaBytes: -1 }))).toBe('400 invalid_input');
    expect(await outcome(admin.patch(path, {}))).toBe('400 invalid_input');
  });

  it('takes effect for those who are signed in', async () => {
    const [admin, teacher] = [await world.signIn('admin'), await world.signIn('teacher', 'stranger')];
    const path = `/api/alliances/${world.alliances.ours}/schools/${world.schools.stranger}`;
    await admin.put(path, { role: 'member' });
    expect(await namesIn(await teacher.get('/api/alliances'))).toEqual(['青禾教育共同体', '远山教育共同体']);
    await admin.delete(path);
    expect(await namesIn(await teacher.get('/api/alliances'))).toEqual(['远山教育共同体']);
  });

  it('refuses', async () => {
    const admin = await world.signIn('admin');
    expect(await outcome(admin.post('/api/schools', { name: '中心小学' }))).toBe('409 name_taken');
    expect(await outcome(admin.post('/api/schools', { name: '' }))).toBe('400 invalid_input');
    expect(await outcome(admin.post('/api/alliances', { name: '青禾教育共同体', kind: 'led' }))).toBe('409 name_taken');
    expect(await outcome(admin.post('/api/alliances', { name: '某联盟', kind: 'loose' }))).toBe('400 invalid_input');
    expect(await outcome(admin.patch(`/api/schools/${unknownId}`, { name: '某校' }))).toBe('404 not_found');
    expect(await outcome(admin.patch(`/api/schools/${world.schools.lead}`, { name: '南湾小学' }))).toBe(
      '409 name_taken',
    );
    expect(await outcome(admin.patch('/api/schools/1', { name: '某校' }))).toBe('400 invalid_input');
    expect(
      await outcome(admin.put(`/api/alliances/${unknownId}/schools/${world.schools.lead}`, { role: 'member' })),
    ).toBe('404 not_found');
    expect(
      await outcome(admin.put(`/api/alliances/${world.alliances.ours}/schools/${unknownId}`, { role: 'member' })),
    ).toBe('404 not_found');
    const principal = await world.signIn('principal');
    expect(await outcome(principal.post('/api/schools', { name: '某校' }))).toBe('403 forbidden');
    expect(await outcome(principal.patch(`/api/schools/${world.schools.lead}`, { name: '某校' }))).toBe(
      '403 forbidden',
    );
  });
});
