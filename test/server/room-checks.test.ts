import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Found } from '../../server/devices/check-schema.ts';
import { roomCheckList } from '../../server/devices/check-schema.ts';
import { outcome } from './environment/browser.ts';
import { createWholeApplication, type WholeApplication } from './environment/whole-application.ts';

let world: WholeApplication;
let device: Awaited<ReturnType<WholeApplication['enrolDevice']>>;
beforeAll(async () => {
  world = await createWholeApplication();
  device = await world.enrolDevice('member', '三年级教室');
}, 120_000);
afterAll(() => world.close());

const path = { reachable: true, rttMs: 42, lossUp: 0.01, lossDown: 0 };
const found: Found = {
  camera: { state: 'ok', name: 'HD Camera', width: 1280, height: 720 },
  microphone: { state: 'silent', name: 'Array', levelDb: -120 },
  loudspeaker: { state: 'not_heard' },
  link: { udp: { ...path, reachable: false }, tcp: path, relay: null, downKbps: 2100, upKbps: 800 },
};
const checks = async (response: Response | Promise<Response>) =>
  roomCheckList.parse(await (await response).json()).items;
const ofRoom = (items: z.infer<typeof roomCheckList>['items']) => items.find(({ room }) => room.id === device.roomId);
const today = async () =>
  z.object({ checkAskedAt: z.string().nullable() }).parse(await (await device.browser.get('/api/device/today')).json());

async function session(): Promise<string> {
  const teacher = await world.signIn('teacher');
  const response = await teacher.post('/api/class-sessions', {
    title: '分数的初步认识',
    allianceId: world.alliances.ours,
    roomIds: [device.roomId],
    scheduledStart: new Date().toISOString(),
    scheduledEnd: new Date(Date.now() + 2_400_000).toISOString(),
    allowClash: true,
  });
  return z.object({ id: z.string() }).parse(await response.json()).id;
}

describe('the check of a room', () => {
  it('is asked for by its keeper, learnt of by the device, and answered', async () => {
    const operator = await world.signIn('operator', 'member');
    expect((await today()).checkAskedAt).toBeNull();
    expect(ofRoom(await checks(operator.get('/api/room-checks')))).toMatchObject({ last: null, askedAt: null });
    expect(await outcome(operator.post(`/api/rooms/${device.roomId}/check`))).toBe('202');
    expect((await today()).checkAskedAt).not.toBeNull();
    expect(ofRoom(await checks(operator.get('/api/room-checks')))?.askedAt).not.toBeNull();

    expect(await outcome(device.browser.post('/api/device/check', { reason: 'asked', found }))).toBe('204');
    expect((await today()).checkAskedAt).toBeNull();
    const check = ofRoom(await checks(operator.get(`/api/room-checks?schoolId=${world.schools.member}`)));
    expect(check).toMatchObject({
      room: { name: '三年级教室', school: { name: '东河小学' } },
      askedAt: null,
      last: { reason: 'asked', found },
    });
    expect(Date.parse(check?.last?.at ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(Date.parse(check?.seenAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await outcome(operator.get(`/api/room-checks?schoolId=${world.schools.stranger}`))).toBe('200');
    expect(await checks(operator.get(`/api/room-checks?schoolId=${world.schools.stranger}`))).toEqual([]);
  });

  it('replaces the one before', async () => {
    const better: Found = { ...found, microphone: { state: 'ok', name: 'Array', levelDb: -40 } };
    await device.browser.post('/api/device/check', { reason: 'before_lesson', found: better });
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from room_check`.execute(world.db);
    expect(rows[0]?.n).toBe(1);
    expect(ofRoom(await checks((await world.signIn('admin')).get('/api/room-checks')))?.last).toMatchObject({
      reason: 'before_lesson',
      found: better,
    });
  });

  it('is shown to whoever teaches there', async () => {
    const id = await session();
    const teacher = await world.signIn('teacher');
    const [only, ...others] = await checks(teacher.get(`/api/class-sessions/${id}/room-checks`));
    expect(others).toEqual([]);
    expect(only).toMatchObject({ room: { id: device.roomId }, last: { reason: 'before_lesson' } });
    const stranger = await world.signIn('teacher', 'stranger');
    expect(await outcome(stranger.get(`/api/class-sessions/${id}/room-checks`))).toBe('404 not_found');
  });

  it('holds nothing that was not asked for', async () => {
    const send = (body: unknown) => outcome(device.browser.post('/api/device/check', body));
    expect(await send({ reason: 'asked', found: { ...found, camera: { state: 'stolen' } } })).toBe('400 invalid_input');
    expect(await send({ reason: 'for fun', found })).toBe('400 invalid_input');
    const loud = { ...found, microphone: { state: 'ok', name: 'x'.repeat(201), levelDb: -3 } };
    expect(await send({ reason: 'asked', found: loud })).toBe('400 invalid_input');
  });

  it('is gone with its room', async () => {
    const other = await world.enrolDevice('member', '要拆的教室');
    await other.browser.post('/api/device/check', { reason: 'power_on', found });
    const operator = await world.signIn('operator', 'member');
    await operator.delete(`/api/rooms/${other.roomId}`);
    const names = (await checks(operator.get('/api/room-checks'))).map(({ room }) => room.name);
    expect(names).not.toContain('要拆的教室');
  });
});

describe('the measuring of a link', () => {
  it('gets a token for the probe', async () => {
    const opened = await device.browser.post('/api/device/link-check');
    expect(await opened.json()).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      url: '/classroom',
    });
  });

  it('gets as many bytes as it asks for, which nothing makes smaller', async () => {
    const response = await device.browser.get('/api/device/link-check/bytes?n=300000', {
      headers: { 'accept-encoding': 'gzip' },
    });
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('etag')).toBeNull();
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBe(300_000);
    expect(new Set(bytes).size).toBe(256);
    for (const n of ['0', '4194305', 'many', '']) {
      expect(await outcome(device.browser.get(`/api/device/link-check/bytes?n=${n}`))).toBe('400 invalid_input');
    }
  });

  it('has its own bytes taken, within bounds', async () => {
    const send = (bytes: number) =>
      outcome(
        device.browser.post('/api/device/link-check/bytes', undefined, {
          body: randomBytes(bytes),
          headers: { 'content-type': 'application/octet-stream', 'content-length': String(bytes) },
        }),
      );
    expect(await send(1024 * 1024)).toBe('204');
    expect(await send(1024 * 1024 + 1)).toBe('413 body_too_large');
  });
});

describe('the key of a device', () => {
  it('is sent anew every week, long before its browser forgets it', async () => {
    const fresh = await device.browser.get('/api/device/today');
    expect(fresh.headers.getSetCookie()).toEqual([]);
    await world.db
      .updateTable('device')
      .set({ key_sent_at: sql<Date>`now() - interval '8 days'` })
      .where('id', '=', device.deviceId)
      .execute();
    const key = device.browser.cookies.get('tongke_device');
    const [cookie] = (await device.browser.get('/api/device/today')).headers.getSetCookie();
    expect(cookie).toBe(`tongke_device=${key}; Max-Age=34560000; Path=/; HttpOnly; SameSite=Lax`);
    expect((await device.browser.get('/api/device/today')).headers.getSetCookie()).toEqual([]);
  });
});
