import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Browser } from './environment/browser.ts';
import { outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ signInAttempts: 3 });
});
afterAll(() => world.close());

const authorization = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.number(),
  interval: z.number(),
});
type Authorization = z.infer<typeof authorization>;

const screenAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36';
/** A screen at an address of its own, so that tests do not use up each other's attempts. */
let lastAddress = 0;
async function askingScreen(): Promise<{ screen: Browser; asked: Authorization; address: string }> {
  lastAddress += 1;
  const address = `192.0.2.${lastAddress}`;
  const screen = world.open({ address });
  const headers = { 'user-agent': screenAgent };
  const response = await screen.post(
    '/api/device-authorizations',
    { screen: { width: 1920, height: 1080 } },
    { headers },
  );
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return { screen, asked: authorization.parse(await response.json()), address };
}

async function makeRoom(name: string, school: 'lead' | 'member' = 'lead'): Promise<string> {
  const row = { school_id: world.schools[school], name };
  return (await world.db.insertInto('room').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

/** As if the pause between two questions were over. */
async function pause(): Promise<void> {
  await world.db
    .updateTable('device_authorization')
    .set({ polled_at: sql<Date>`polled_at - interval '1 minute' + interval '10 seconds'` })
    .execute();
}
const poll = (screen: Browser, asked: Authorization) =>
  screen.post('/api/device-authorizations/token', { device_code: asked.device_code });
const confirm = (browser: Browser, code: string, roomId: string) =>
  browser.post(`/api/device-authorizations/${code}/confirmation`, { roomId, name: '一体机' });

describe('a screen that asks to be a device', () => {
  it('gets two codes, of which only hashes are kept', async () => {
    const { asked } = await askingScreen();
    expect(asked.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(asked.device_code).toMatch(/^[\w-]{43}$/);
    expect(asked.verification_uri).toBe('http://tongke.test/enrol');
    expect(asked.verification_uri_complete).toBe(`http://tongke.test/enrol?code=${asked.user_code}`);
    expect([asked.expires_in, asked.interval]).toEqual([900, 3]);
    const kept = JSON.stringify(await world.db.selectFrom('device_authorization').selectAll().execute());
    expect(kept).not.toContain(asked.device_code);
    expect(kept).not.toContain(asked.user_code.replace('-', ''));
  });

  it('becomes the device once an operator has confirmed', async () => {
    const { screen, asked, address } = await askingScreen();
    const roomId = await makeRoom('扫码教室');
    expect(await outcome(poll(screen, asked))).toBe('400 authorization_pending');

    const operator = await world.signIn('operator');
    const typed = asked.user_code.replace('-', ' ').toLowerCase();
    const request = await operator.get(`/api/device-authorizations/${encodeURIComponent(typed)}`);
    const wide = typed.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    expect((await operator.get(`/api/device-authorizations/${encodeURIComponent(wide)}`)).status).toBe(200);
    expect(await request.json()).toMatchObject({
      userCode: asked.user_code,
      browser: screenAgent,
      screen: '1920×1080',
      address,
    });
    const confirmed = await confirm(operator, asked.user_code, roomId);
    expect(await confirmed.json()).toMatchObject({ room: { id: roomId, name: '扫码教室' }, replaces: null });

    await pause();
    const answer = await poll(screen, asked);
    expect(answer.status).toBe(200);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^tongke_device=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/);
    const body = await answer.text();
    expect(body).not.toContain(screen.cookies.get('tongke_device'));
    expect(JSON.parse(body)).toMatchObject({ room: { name: '扫码教室' }, device: { name: '一体机' } });
    expect(await (await screen.get('/api/me')).json()).toMatchObject({ actor: { kind: 'device' } });
    // The code has served.
    expect(await outcome(confirm(operator, asked.user_code, roomId))).toBe('404 user_code_unknown');
  });

  it('is told to slow down when it asks too often, and then has to wait longer', async () => {
    const { screen, asked } = await askingScreen();
    expect(await outcome(poll(screen, asked))).toBe('400 authorization_pending');
    expect(await outcome(poll(screen, asked))).toBe('400 slow_down');
    const pauseOf = async () =>
      (
        await world.db
          .selectFrom('device_authorization')
          .select('poll_seconds')
          .orderBy('created_at', 'desc')
          .executeTakeFirstOrThrow()
      ).poll_seconds;
    expect(await pauseOf()).toBe(8);
    for (let turn = 0; turn < 15; turn += 1) await poll(screen, asked);
    expect(await pauseOf()).toBe(60);
  });

  it('gets its key once more when the answer was lost on the way, but not later, and nobody else does', async () => {
    const { screen, asked } = await askingScreen();
    await confirm(await world.signIn('operator'), asked.user_code, await makeRoom('断线教室'));
    expect((await poll(screen, asked)).status).toBe(200);
    const first = screen.cookies.get('tongke_device');
    screen.cookies.delete('tongke_device');
    await world.db
      .updateTable('device_authorization')
      .set({ polled_at: sql<Date>`now() - interval '5 seconds'` })
      .where('state', '=', 'fetched')
      .execute();
    expect((await poll(screen, asked)).status).toBe(200);
    expect(screen.cookies.get('tongke_device')).not.toBe(first);
    expect((await screen.get('/api/me')).status).toBe(200);
    const old = world.open();
    old.cookies.set('tongke_device', first ?? '');
    expect(await outcome(old.get('/api/me'))).toBe('401 not_signed_in');
    await world.db
      .updateTable('device_authorization')
      .set({ fetched_at: sql<Date>`now() - interval '2 minutes'`, polled_at: null })
      .where('state', '=', 'fetched')
      .execute();
    expect(await outcome(poll(screen, asked))).toBe('400 expired_token');
  });

  it('can fetch what was confirmed at the last moment', async () => {
    const { screen, asked } = await askingScreen();
    await world.db
      .updateTable('device_authorization')
      .set({ expires_at: sql<Date>`now() + interval '2 seconds'` })
      .where('state', '=', 'pending')
      .execute();
    await confirm(await world.signIn('operator'), asked.user_code, await makeRoom('最后一刻教室'));
    const { expires_at } = await world.db
      .selectFrom('device_authorization')
      .select('expires_at')
      .where('state', '=', 'confirmed')
      .orderBy('created_at', 'desc')
      .executeTakeFirstOrThrow();
    expect(expires_at.getTime()).toBeGreaterThan(Date.now() + 100_000);
    expect((await poll(screen, asked)).status).toBe(200);
  });

  it('is told that it was refused, that it is late, and that it is nobody', async () => {
    const operator = await world.signIn('operator');
    const denied = await askingScreen();
    expect(await outcome(operator.post(`/api/device-authorizations/${denied.asked.user_code}/denial`))).toBe('204');
    expect(await outcome(poll(denied.screen, denied.asked))).toBe('400 access_denied');

    const late = await askingScreen();
    await world.db
      .updateTable('device_authorization')
      .set({ expires_at: sql<Date>`now() - interval '1 second'` })
      .where('state', '=', 'pending')
      .execute();
    expect(await outcome(poll(late.screen, late.asked))).toBe('400 expired_token');
    const roomId = await makeRoom('迟到教室');
    expect(await outcome(confirm(operator, late.asked.user_code, roomId))).toBe('404 user_code_unknown');
    expect(
      await outcome(world.open().post('/api/device-authorizations/token', { device_code: late.asked.user_code })),
    ).toBe('400 expired_token');

    const homeless = await askingScreen();
    await confirm(operator, homeless.asked.user_code, roomId);
    await operator.delete(`/api/rooms/${roomId}`);
    expect(await outcome(poll(homeless.screen, homeless.asked))).toBe('400 access_denied');
  });

  it('takes the place of the device that the room had', async () => {
    const former = await world.enrolDevice();
    const { screen, asked } = await askingScreen();
    const operator = await world.signIn('operator');
    const confirmed = await confirm(operator, asked.user_code, former.roomId);
    expect(await confirmed.json()).toMatchObject({ replaces: { id: former.deviceId } });
    // Until the new one comes with its key, the old one works: the answer may get lost on the way.
    expect((await former.browser.get('/api/me')).status).toBe(200);
    expect((await poll(screen, asked)).status).toBe(200);
    expect((await former.browser.get('/api/me')).status).toBe(200);
    expect(world.revoked).not.toContain(former.deviceId);
    const first = await Promise.all([outcome(screen.get('/api/me')), outcome(screen.get('/api/me'))]);
    expect(first).toEqual(['200', '200']);
    expect(await outcome(former.browser.get('/api/me'))).toBe('401 not_signed_in');
    expect(world.revoked.filter((id) => id === former.deviceId)).toHaveLength(1);
    expect((await screen.get('/api/me')).status).toBe(200);
  });

  it('is written down as done by who confirmed it', async () => {
    const former = await world.enrolDevice();
    const { screen, asked, address } = await askingScreen();
    await confirm(await world.signIn('operator'), asked.user_code, former.roomId);
    const { device } = (await (await poll(screen, asked)).json()) as { device: { id: string } };
    await screen.get('/api/me');
    const { rows } = await sql<{ action: string; subject_id: string; actor_id: string; ip_address: string }>`
      select action, subject_id, actor_id, ip_address from audit_event
      where action in ('device.enrolled', 'device.revoked') and actor_id is not null and ip_address = ${address}
      order by id`.execute(world.db);
    const by = { actor_id: world.accounts['operator-lead'], ip_address: address };
    expect(rows).toEqual([
      { action: 'device.enrolled', subject_id: device.id, ...by },
      { action: 'device.revoked', subject_id: former.deviceId, ...by },
    ]);
    const denied = await askingScreen();
    await (await world.signIn('principal')).post(`/api/device-authorizations/${denied.asked.user_code}/denial`);
    const decided = await world.db
      .selectFrom('device_authorization')
      .select('decided_by')
      .where('state', '=', 'denied')
      .execute();
    expect(decided.map(({ decided_by }) => decided_by)).toContain(world.accounts['principal-lead']);
  });

  it('becomes one device when it asks twice at once', async () => {
    const { screen, asked } = await askingScreen();
    const roomId = await makeRoom('两次教室');
    await confirm(await world.signIn('operator'), asked.user_code, roomId);
    const outcomes = await Promise.all([outcome(poll(screen, asked)), outcome(poll(screen, asked))]);
    expect(outcomes.sort()).toEqual(['200', '400 slow_down']);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from device where room_id = ${roomId}`.execute(world.db);
    expect(rows[0]?.n).toBe(1);
  });

  it('is one of two for the same room at once: the one that comes second takes the place of the first', async () => {
    const operator = await world.signIn('operator');
    for (let turn = 0; turn < 5; turn += 1) {
      const roomId = await makeRoom(`同时教室${turn}`);
      const screens = [await askingScreen(), await askingScreen()];
      const confirmed = await Promise.all(
        screens.map(({ asked }) => outcome(confirm(operator, asked.user_code, roomId))),
      );
      expect(confirmed).toEqual(['200', '200']);
      const announced = await operator.post(`/api/rooms/${roomId}/devices`, { name: '同时一体机' });
      const { code } = z.object({ code: z.string() }).parse(await announced.json());
      const machine = world.open();
      const outcomes = await Promise.all([
        ...screens.map(({ screen, asked }) => outcome(poll(screen, asked))),
        outcome(machine.post('/api/device/enrolment', { code })),
      ]);
      expect(outcomes).toEqual(['200', '200', '200']);
      const all = [...screens.map(({ screen }) => screen), machine];
      const inside = await Promise.all(all.map((browser) => outcome(browser.get('/api/me'))));
      expect(inside.sort()).toEqual(['200', '401 not_signed_in', '401 not_signed_in']);
    }
  });

  it('cannot ask without end from one address', async () => {
    const crowd = world.open({ address: '198.51.100.77' });
    const outcomes: string[] = [];
    for (let turn = 0; turn < 31; turn += 1) outcomes.push(await outcome(crowd.post('/api/device-authorizations', {})));
    expect(new Set(outcomes.slice(0, 30))).toEqual(new Set(['200']));
    expect(outcomes[30]).toBe('429 too_many_attempts');
  });
});

describe('whoever confirms', () => {
  it('does so for rooms of the own school only', async () => {
    const { asked } = await askingScreen();
    const roomId = await makeRoom('自己的教室');
    const code = asked.user_code;
    expect(await outcome(confirm(await world.signIn('operator', 'member'), code, roomId))).toBe('403 forbidden');
    expect(await outcome(confirm(await world.signIn('principal', 'stranger'), code, roomId))).toBe('404 not_found');
    expect(await outcome(confirm(await world.signIn('teacher'), code, roomId))).toBe('403 forbidden');
    expect(await outcome((await world.signIn('teacher')).get(`/api/device-authorizations/${code}`))).toBe(
      '403 forbidden',
    );
    expect(await outcome(confirm(world.open(), code, roomId))).toBe('401 not_signed_in');
    expect(await outcome(confirm(await world.signIn('principal'), code, roomId))).toBe('200');
  });

  it('cannot guess the codes of other screens', async () => {
    const { asked } = await askingScreen();
    const operator = await world.signIn('operator', 'stranger');
    const guess = (code: string) => outcome(operator.get(`/api/device-authorizations/${code}`));
    for (const code of ['BBBBBBBB', 'CCCCCCCC', 'DDDDDDDD']) expect(await guess(code)).toBe('404 user_code_unknown');
    expect(await guess(asked.user_code)).toBe('429 too_many_attempts');
    expect(await outcome(operator.post(`/api/device-authorizations/${asked.user_code}/denial`))).toBe(
      '429 too_many_attempts',
    );
    // Others are not held up by it.
    const other = await world.signIn('operator', 'lead');
    expect(await outcome(other.get(`/api/device-authorizations/${asked.user_code}`))).toBe('200');
  });
});

describe('a device that was announced by a link', () => {
  it('takes the place of the one that the room had, too', async () => {
    const former = await world.enrolDevice();
    const operator = await world.signIn('operator');
    const announced = await operator.post(`/api/rooms/${former.roomId}/devices`, { name: '新一体机' });
    const { code } = z.object({ code: z.string() }).parse(await announced.json());
    const machine = world.open();
    expect((await machine.post('/api/device/enrolment', { code })).status).toBe(200);
    expect((await former.browser.get('/api/me')).status).toBe(200);
    expect((await machine.get('/api/me')).status).toBe(200);
    expect(await outcome(former.browser.get('/api/me'))).toBe('401 not_signed_in');
    expect(world.revoked).toContain(former.deviceId);
    expect((await machine.get('/api/me')).status).toBe(200);
  });
});
