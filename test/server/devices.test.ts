import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ signInAttempts: 2 });
});
afterAll(() => world.close());

const unknownId = '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21';

interface RoomAnswer {
  room: { id: string; name: string };
}
interface Announced {
  device: { id: string; enrolledAt: string | null };
  code: string;
  enrolmentPath: string;
  expiresAt: string;
}
interface Rooms {
  items: { id: string; name: string; school: { name: string }; devices: { id: string; lastSeenAt: string | null }[] }[];
}

async function makeRoom(name: string) {
  const operator = await world.signIn('operator');
  const response = await operator.post('/api/rooms', { schoolId: world.schools.lead, name });
  expect(response.status).toBe(201);
  return { operator, room: ((await response.json()) as RoomAnswer).room };
}

describe('rooms', () => {
  it('are made, renamed and removed by their school', async () => {
    const { operator, room } = await makeRoom('三年级一班');
    expect(room).toMatchObject({ name: '三年级一班', school: { name: '中心小学' }, devices: [] });
    const renamed = await operator.patch(`/api/rooms/${room.id}`, { name: '录播教室' });
    expect(await renamed.json()).toMatchObject({ room: { name: '录播教室' } });
    expect(await outcome(operator.delete(`/api/rooms/${room.id}`))).toBe('204');
    expect(await outcome(operator.delete(`/api/rooms/${room.id}`))).toBe('404 not_found');
    // The name is free again.
    expect(await outcome(operator.post('/api/rooms', { schoolId: world.schools.lead, name: '录播教室' }))).toBe('201');
    expect(await outcome(operator.post('/api/rooms', { schoolId: world.schools.lead, name: '录播教室' }))).toBe(
      '409 name_taken',
    );
  });

  it('are seen by the alliance and by nobody else', async () => {
    const { room } = await makeRoom('科学教室');
    const seen = async (path = '/api/rooms', ...who: Parameters<World['signIn']>) =>
      ((await (await (await world.signIn(...who)).get(path)).json()) as Rooms).items.map((item) => item.id);
    expect(await seen('/api/rooms', 'teacher', 'member')).toContain(room.id);
    expect(await seen('/api/rooms', 'office')).toContain(room.id);
    expect(await seen('/api/rooms', 'admin')).toContain(room.id);
    expect(await seen('/api/rooms', 'teacher', 'stranger')).not.toContain(room.id);
    expect(await seen(`/api/rooms?schoolId=${world.schools.member}`, 'teacher', 'member')).not.toContain(room.id);
  });

  it('are kept by no one else: visible ones are forbidden, others not found', async () => {
    const { room } = await makeRoom('美术教室');
    const neighbour = await world.signIn('operator', 'member');
    const stranger = await world.signIn('operator', 'stranger');
    for (const [browser, expected] of [
      [neighbour, '403 forbidden'],
      [stranger, '404 not_found'],
    ] as const) {
      expect(await outcome(browser.patch(`/api/rooms/${room.id}`, { name: '别人的' }))).toBe(expected);
      expect(await outcome(browser.delete(`/api/rooms/${room.id}`))).toBe(expected);
      expect(await outcome(browser.post(`/api/rooms/${room.id}/devices`, { name: '一体机' }))).toBe(expected);
    }
    expect(await outcome(neighbour.post('/api/rooms', { schoolId: world.schools.lead, name: '新' }))).toBe(
      '403 forbidden',
    );
    const teacher = await world.signIn('teacher');
    expect(await outcome(teacher.patch(`/api/rooms/${room.id}`, { name: '新' }))).toBe('403 forbidden');
    const admin = await world.signIn('admin');
    expect(await outcome(admin.patch(`/api/rooms/${room.id}`, { name: '美术室' }))).toBe('200');
    expect(await outcome(admin.post('/api/rooms', { schoolId: unknownId, name: '新' }))).toBe('404 not_found');
    expect(await outcome(admin.post('/api/rooms', { schoolId: world.schools.lead, name: '' }))).toBe(
      '400 invalid_input',
    );
  });
});

describe('devices', () => {
  it('enrol by a code of eight letters that serves once', async () => {
    const { operator, room } = await makeRoom('音乐教室');
    const announced = await operator.post(`/api/rooms/${room.id}/devices`, { name: '一体机' });
    expect(announced.status).toBe(201);
    const { device, code, enrolmentPath, expiresAt } = (await announced.json()) as Announced;
    expect(code).toMatch(/^[2-9A-HJKMNP-Z]{8}$/);
    expect(enrolmentPath).toBe(`/room#${code}`);
    expect(device.enrolledAt).toBeNull();
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(29 * 60 * 1000);
    const kept = await world.db.selectFrom('device').selectAll().where('id', '=', device.id).executeTakeFirstOrThrow();
    expect(JSON.stringify(kept)).not.toContain(code);

    const machine = world.open();
    const typed = `${code.slice(0, 4)}-${code.slice(4)} `.toLowerCase();
    const enrolled = await machine.post('/api/device/enrolment', { code: typed });
    expect(enrolled.status).toBe(200);
    const [cookie] = enrolled.headers.getSetCookie();
    expect(cookie).toMatch(/^tongke_device=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);
    const body = await enrolled.text();
    expect(body).not.toContain(machine.cookies.get('tongke_device'));
    expect(await (await machine.get('/api/me')).json()).toMatchObject({
      actor: { kind: 'device', device: { id: device.id }, room: { name: '音乐教室' }, school: { name: '中心小学' } },
    });
    expect(await outcome(world.open().post('/api/device/enrolment', { code }))).toBe('401 enrolment_code_wrong');
  });

  it('set a Secure cookie over https', async () => {
    const { operator, room } = await makeRoom('书法教室');
    const { code } = (await (
      await operator.post(`/api/rooms/${room.id}/devices`, { name: '一体机' })
    ).json()) as Announced;
    const machine = world.open({ secure: true });
    const [cookie] = (await machine.post('/api/device/enrolment', { code })).headers.getSetCookie();
    expect(cookie).toMatch(/^__Secure-tongke_device=.*; Secure/);
    expect((await machine.get('/api/me')).status).toBe(200);
  });

  it('cannot be announced without end', async () => {
    const { operator, room } = await makeRoom('美术教室');
    const announce = () => operator.post(`/api/rooms/${room.id}/devices`, { name: '一体机' });
    const outcomes = await Promise.all(Array.from({ length: 22 }, () => outcome(announce())));
    expect(outcomes.filter((one) => one === '409 limit_reached')).toHaveLength(2);
    const { id } = await world.db
      .selectFrom('device')
      .select('id')
      .where('room_id', '=', room.id)
      .executeTakeFirstOrThrow();
    await operator.delete(`/api/devices/${id}`);
    expect((await announce()).status).toBe(201);
  });

  it('cannot enrol with a code that is old, or of a room that is gone', async () => {
    const { operator, room } = await makeRoom('劳动教室');
    const announce = async () =>
      (await (await operator.post(`/api/rooms/${room.id}/devices`, { name: '一体机' })).json()) as Announced;
    const old = await announce();
    await world.db
      .updateTable('device')
      .set({ enrolment_expires_at: sql<Date>`now() - interval '1 second'` })
      .where('id', '=', old.device.id)
      .execute();
    const gone = await announce();
    await operator.delete(`/api/rooms/${room.id}`);
    for (const { code } of [old, gone]) {
      expect(await outcome(world.open({ address: '192.0.2.1' }).post('/api/device/enrolment', { code }))).toBe(
        '401 enrolment_code_wrong',
      );
    }
  });

  it('cannot have their codes guessed', async () => {
    const outcomes: string[] = [];
    for (let turn = 0; turn < 21; turn += 1) {
      const guess = world.open({ address: '192.0.2.9' }).post('/api/device/enrolment', { code: `GUESS${turn}` });
      outcomes.push(await outcome(guess));
    }
    expect(new Set(outcomes.slice(0, 20))).toEqual(new Set(['401 enrolment_code_wrong']));
    expect(outcomes[20]).toBe('429 too_many_attempts');
  });

  it('lose access at once when they are revoked or their room is removed', async () => {
    const [first, second] = [await world.enrolDevice(), await world.enrolDevice()];
    const operator = await world.signIn('operator');
    expect((await first.browser.get('/api/me')).status).toBe(200);
    expect(await outcome(operator.delete(`/api/devices/${first.deviceId}`))).toBe('204');
    expect(await outcome(first.browser.get('/api/me'))).toBe('401 not_signed_in');
    expect((await second.browser.get('/api/me')).status).toBe(200);
    expect(await outcome(operator.delete(`/api/rooms/${second.roomId}`))).toBe('204');
    expect(await outcome(second.browser.get('/api/me'))).toBe('401 not_signed_in');
    // Also where they are already: in a lesson that goes on.
    expect(world.revoked).toEqual(expect.arrayContaining([first.deviceId, second.deviceId]));
  });

  it('are revoked by their school only', async () => {
    const { deviceId } = await world.enrolDevice();
    expect(await outcome((await world.signIn('operator', 'member')).delete(`/api/devices/${deviceId}`))).toBe(
      '403 forbidden',
    );
    expect(await outcome((await world.signIn('operator', 'stranger')).delete(`/api/devices/${deviceId}`))).toBe(
      '404 not_found',
    );
    expect(await outcome((await world.signIn('operator')).delete(`/api/devices/${unknownId}`))).toBe('404 not_found');
  });

  it('are noted as seen, at most once a minute', async () => {
    const { browser, deviceId } = await world.enrolDevice();
    const seen = async () =>
      (await world.db.selectFrom('device').select('last_seen_at').where('id', '=', deviceId).executeTakeFirstOrThrow())
        .last_seen_at;
    const first = await seen();
    await browser.get('/api/me');
    expect(await seen()).toEqual(first);
    await world.db
      .updateTable('device')
      .set({ last_seen_at: sql<Date>`now() - interval '2 minutes'` })
      .where('id', '=', deviceId)
      .execute();
    await browser.get('/api/me');
    expect((await seen())?.getTime()).toBeGreaterThan(Date.now() - 30_000);
  });

  it('stay devices where a person signs in too, for the pages that say so', async () => {
    const { browser } = await world.enrolDevice();
    const person = await world.signIn('teacher');
    for (const [name, value] of person.cookies) browser.cookies.set(name, value);
    expect(await (await browser.get('/api/me')).json()).toMatchObject({ actor: { kind: 'account' } });
    expect(await (await browser.get('/api/me', { headers: { 'tongke-as': 'device' } })).json()).toMatchObject({
      actor: { kind: 'device' },
    });
    expect(await (await browser.get('/api/me?as=device')).json()).toMatchObject({ actor: { kind: 'device' } });
  });
});
