import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { roomCheckList } from '../../server/devices/check-schema.ts';
import { type Coturn, startCoturn } from '../environment/coturn.ts';
import { expectAccessible } from './environment/accessibility.ts';
import { openChromium, phone } from './environment/chromium.ts';
import { readQrCode } from './environment/qr-code.ts';
import { type RoomMachine, startRoomMachine } from './environment/room-machine.ts';
import { openScene, type Scene } from './environment/scene.ts';
import { photograph } from './environment/screenshots.ts';

const withId = z.object({ id: z.string() });
const roomList = z.object({
  items: z.array(z.object({ id: z.string(), devices: z.array(z.object({ id: z.string(), name: z.string() })) })),
});
const lesson = '三年级数学《分数的初步认识》';
const roomName = '三(1)班';

const turnSecret = 'a secret of the relay';

let relay: Coturn;
let scene: Scene;
let machine: RoomMachine;
let profile: string;
let roomId: string;
let operator: Page;
/** When the machine got the key that it has now. */
let enrolledAt = 0;
let sessionId: string;

beforeAll(async () => {
  relay = await startCoturn(turnSecret);
  const urls = [`turn:127.0.0.1:${relay.port}?transport=udp`];
  scene = await openScene({ settings: { ICE_SERVERS: JSON.stringify([{ urls }]), TURN_SECRET: turnSecret } });
  const { alliance } = scene;
  const { room } = await alliance.admin.send(
    'POST',
    '/rooms',
    { schoolId: alliance.schools.东河小学, name: roomName },
    z.object({ room: withId }),
  );
  roomId = room.id;
  profile = join(scene.folder, 'room-profile');
  machine = await startRoomMachine(profile, scene.product.address);
  operator = await scene.open('operator', { viewport: phone });
}, 300_000);

afterAll(async () => {
  await machine?.close();
  await scene?.close();
  await relay?.stop();
});

const code = () => machine.page.locator('.code:not(svg)');
const timetable = () => machine.page.getByRole('heading', { name: '今天的课' });
const devices = async () =>
  (await scene.alliance.admin.get('/rooms', roomList)).items.find(({ id }) => id === roomId)?.devices ?? [];

/** What the operator does with the code on the screen. */
async function scan(): Promise<void> {
  await code().waitFor();
  const link = await readQrCode(machine.page.getByRole('img', { name: '接入二维码' }));
  expect(link).toBe(`${scene.product.address}/enrol?code=${await code().textContent()}`);
  await operator.goto(link);
  await operator.getByText((await code().textContent()) ?? '').waitFor();
}

describe('a screen without a room', () => {
  it('shows a code that a phone reads, and asks for nothing', async () => {
    await code().waitFor();
    expect(await machine.page.locator('input, button').count()).toBe(0);
    await expectAccessible(machine.page, 'screen without a room');
    await photograph(machine.page, 'room-enrolment');
    await scan();
    await photograph(operator, 'phone-enrolment');
    await expectAccessible(operator, 'confirmation');
  });

  it('shows another code when it is refused', async () => {
    const refused = await code().textContent();
    await operator.getByRole('button', { name: '不是我们的，拒绝' }).click();
    await operator.getByText('已拒绝').waitFor();
    await machine.page.getByText('电教员拒绝了这次接入').waitFor();
    await expect.poll(() => code().textContent(), { timeout: 30_000 }).not.toBe(refused);
  });

  it('is the room as soon as the operator has confirmed', async () => {
    await scan();
    await operator.getByRole('radio', { name: roomName }).check();
    await photograph(operator, 'phone-enrolment-room');
    await operator.getByRole('button', { name: '确认接入' }).click();
    await operator.getByText('已确认').waitFor();
    await photograph(operator, 'phone-enrolment-done');
    await timetable().waitFor();
    expect(await machine.page.locator('main').textContent()).toContain(`东河小学 ${roomName}`);
  });

  it('leads whoever confirms a code that is over to the one on the screen', async () => {
    const other = await startRoomMachine(join(scene.folder, 'late-profile'), scene.product.address);
    const shown = other.page.locator('.code:not(svg)');
    await shown.waitFor();
    const late = (await shown.textContent()) ?? '';
    await operator.goto(`/enrol?code=${late}`);
    await operator.getByRole('radio', { name: roomName }).check();
    await scene.alliance.admin.send('POST', `/device-authorizations/${late}/denial`, undefined, z.unknown());
    await operator.getByRole('button', { name: '确认接入' }).click();
    await operator.getByText('没有这个接入码').waitFor();
    await expect.poll(() => shown.textContent(), { timeout: 30_000 }).not.toBe(late);
    await operator.getByLabel('接入码').fill((await shown.textContent()) ?? '');
    await operator.getByRole('button', { name: '下一步' }).click();
    await operator.getByRole('radio', { name: roomName }).waitFor();
    await other.close();
  });

  it('is told to a code that was typed, and that a wrong one is wrong', async () => {
    await operator.goto('/enrol');
    await operator.getByLabel('接入码').fill('BBBB-BBBB');
    await operator.getByRole('button', { name: '下一步' }).click();
    await operator.getByText('没有这个接入码').waitFor();
    await photograph(operator, 'phone-enrolment-wrong');
    const teacher = await scene.open('member', { viewport: phone });
    await teacher.goto('/enrol?code=BBBB-BBBB');
    await teacher.getByText('请用电教员、校长或平台管理员的账号登录').waitFor();
    await teacher.context().close();
  });
});

describe('the check of the room', () => {
  const last = async () => {
    const { items } = await scene.alliance.admin.get('/room-checks', roomCheckList);
    return items.find(({ room }) => room.id === roomId)?.last ?? null;
  };
  const checked = (reason: string) => expect.poll(async () => (await last())?.reason, { timeout: 90_000 }).toBe(reason);
  const tile = (name: string) => machine.page.locator('dl > div').filter({ hasText: name });

  it('is made by itself after power-on: devices, loudspeaker and each way through the network', async () => {
    await checked('power_on');
    const found = (await last())?.found;
    expect(found?.camera).toMatchObject({ state: 'ok', width: 1280, height: 720 });
    expect(found?.camera.name).toContain('fake');
    expect(found?.microphone.state).toBe('ok');
    // Nothing carries the sound from this machine's loudspeaker to its microphone.
    expect(found?.loudspeaker.state).toBe('not_heard');
    const way = {
      reachable: true,
      rttMs: expect.any(Number),
      lossUp: expect.any(Number),
      lossDown: expect.any(Number),
    };
    expect(found?.link).toMatchObject({ udp: way, tcp: way, relay: way });
    expect(found?.link.downKbps).toBeGreaterThan(1_000);
    expect(found?.link.upKbps).toBeGreaterThan(1_000);
    await tile('摄像头').getByText('正常 1280×720').waitFor();
    await tile('扬声器').getByText('没有听到测试音').waitFor();
    await tile('网络')
      .getByText(/Mbit\/s 丢包 \d+%/)
      .waitFor();
    await photograph(machine.page, 'room-checked');
    await expectAccessible(machine.page, 'checked room');
  });

  it('is shown to the operator, who can have it made again', async () => {
    await operator.goto('/admin/rooms');
    await operator.getByText('可以上课，有提醒').waitFor();
    await operator.getByText('调高音量，确认功放和音箱已打开').waitFor();
    await photograph(operator, 'phone-room-check');
    await expectAccessible(operator, 'rooms with their checks');
    await operator.getByRole('button', { name: '现在检查' }).click();
    await operator.getByText('已通知大屏').waitFor();
    await checked('asked');
    await operator.getByText(/检查 · 手动/).waitFor();
  });
});

describe('a device whose access has ended', () => {
  it('shows the code again within seconds, and can be set up anew', async () => {
    const [device] = await devices();
    await scene.alliance.admin.send('DELETE', `/devices/${device?.id}`, undefined, z.unknown());
    await code().waitFor({ timeout: 15_000 });
    await machine.page.getByText('这台大屏已不属于原来的教室').waitFor();
    await scan();
    await operator.getByRole('radio', { name: roomName }).check();
    await operator.getByRole('button', { name: '确认接入' }).click();
    await timetable().waitFor();
  });

  it('has been replaced by another one, after the operator was told so', async () => {
    const other = await startRoomMachine(join(scene.folder, 'other-profile'), scene.product.address);
    const shown = other.page.locator('.code:not(svg)');
    await shown.waitFor();
    await operator.goto(`/enrol?code=${await shown.textContent()}`);
    await operator.getByRole('radio', { name: roomName }).check();
    await operator.getByText('新的接入后，原来的立即断开').waitFor();
    await photograph(operator, 'phone-enrolment-replaces');
    await operator.getByRole('button', { name: '确认接入' }).click();
    await other.page.getByRole('heading', { name: '今天的课' }).waitFor();
    await code().waitFor({ timeout: 15_000 });
    expect(await devices()).toHaveLength(1);
    await other.close();
    await scan();
    await operator.getByRole('radio', { name: roomName }).check();
    await operator.getByRole('button', { name: '确认接入' }).click();
    await timetable().waitFor();
    enrolledAt = Date.now();
  });
});

describe('a lesson', () => {
  it('is entered ten minutes early, before anybody begins it', async () => {
    const frames: string[] = [];
    machine.page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => frames.push(String(payload)));
    });
    const teacher = await scene.alliance.clientOf('teacher');
    const start = new Date(Date.now() + 9 * 60_000);
    const planned = {
      title: lesson,
      allianceId: scene.alliance.id,
      roomIds: [roomId],
      scheduledStart: start.toISOString(),
      scheduledEnd: new Date(start.getTime() + 40 * 60_000).toISOString(),
    };
    ({ id: sessionId } = await teacher.send('POST', '/class-sessions', planned, withId));
    const joined = () => frames.find((frame) => frame.includes('"resumeToken"'));
    await expect.poll(joined, { timeout: 30_000 }).toContain('"live":false');
    await machine.page.getByText('已经就位').waitFor();
    await photograph(machine.page, 'room-waiting-inside');
  });
});

describe('after a power cut', () => {
  /** What the product promises, from the start of the browser to the presenter's picture. */
  const promisedMs = 20_000;

  it('is back in the lesson by itself', async () => {
    const browser = await openChromium();
    const studio = await scene.open('teacher', { browser });
    await studio.goto(`/studio/${sessionId}`);
    await studio.getByText('扬声器没有听到测试音').waitFor();
    await photograph(studio, 'studio-room-checks');
    await expectAccessible(studio, 'check of the rooms');
    await studio.getByRole('button', { name: '开始上课' }).click();
    await studio.getByText(/录制中 \d/).waitFor();
    const picture = () => machine.page.getByLabel('主讲教师', { exact: true });
    await picture().waitFor();

    // Chromium writes new cookies to its disk every 30 s (SQLitePersistentCookieStore): until then the key is in memory.
    await sleep(Math.max(0, enrolledAt + 35_000 - Date.now()));
    await machine.cutPower();
    const cut = performance.now();
    machine = await startRoomMachine(profile, scene.product.address);
    await photograph(machine.page, 'room-after-power-cut');
    await picture().waitFor({ timeout: promisedMs });
    await machine.page.waitForFunction(() => {
      const video = document.querySelector('video');
      return video !== null && video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0;
    });
    const tookMs = performance.now() - cut;
    console.info(`Back in the lesson ${Math.round(tookMs)} ms after the browser's start.`);
    expect(tookMs).toBeLessThan(promisedMs);
    expect(await machine.page.locator('input[type=password]').count()).toBe(0);
    await browser.close();
  });
});
