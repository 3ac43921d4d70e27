import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectAccessible } from './environment/accessibility.ts';
import { answering, type Classroom, openClassroom, presenting } from './environment/classroom.ts';
import { expectTone } from './environment/listening.ts';
import { photograph } from './environment/screenshots.ts';
import { hold, makeUnpluggable, plug, pull } from './environment/unplugging.ts';
import { watchFor } from './environment/watching.ts';

let classroom: Classroom;
let studio: Page;
let room: Page;

beforeAll(async () => {
  classroom = await openClassroom();
  ({ studio, room } = classroom);
  await Promise.all([makeUnpluggable(studio), makeUnpluggable(room)]);
  await room.reload();
  await studio.goto(`/studio/${classroom.sessionId}`);
  await studio.getByRole('button', { name: '开始上课' }).click();
  await watchFor(room.getByLabel('主讲教师', { exact: true }), presenting.plates);
}, 300_000);

afterAll(() => classroom?.close());

const tile = () => studio.getByRole('article', { name: '东河小学 三(1)班' });
const alarm = () => studio.locator('.alarm');

describe('the presenter’s devices, pulled out in mid-lesson', () => {
  it('are missed by the presenter and by the rooms, each in words of their own', async () => {
    await pull(studio, 'audioinput');
    await alarm().getByText('各教室听不到您：麦克风断开了，插好后自动恢复。').waitFor();
    await studio.getByRole('button', { name: '没有麦克风' }).waitFor();
    await room.getByText('麦克风没有接通').waitFor();
    await photograph(studio, 'studio-no-microphone');
    await photograph(room, 'room-no-microphone');
    await expectAccessible(studio, 'studio without a microphone');
    await pull(studio, 'videoinput');
    await alarm().getByText('各教室看不到您：摄像头断开了，插好后自动恢复。').waitFor();
    await room.getByText('主讲教师的摄像头没有画面').waitFor();
    await photograph(studio, 'studio-no-devices');
    await photograph(studio, 'studio-no-devices-phone', { width: 390, height: 844 });
  });

  it('are back by themselves when they are plugged in, both at once', async () => {
    await plug(studio, 'videoinput', 'audioinput');
    await alarm().waitFor({ state: 'detached' });
    await watchFor(room.getByLabel('主讲教师', { exact: true }), presenting.plates);
    await expectTone(room.locator('audio'), presenting.toneHz);
    await room.getByText('麦克风没有接通').waitFor({ state: 'detached' });
  });

  it('are told from a microphone that was closed, and who speaks into it is told so', async () => {
    const hint = studio.getByRole('status').getByText('学生听不到您说话');
    expect(await hint.count()).toBe(0);
    await studio.keyboard.press('m');
    await room.getByText('麦克风已关').waitFor();
    expect(await alarm().count()).toBe(0);
    await hint.waitFor();
    await photograph(studio, 'studio-muted');
    await photograph(studio, 'studio-muted-phone', { width: 390, height: 844 });
    await expectAccessible(studio, 'studio with a closed microphone');
    await studio.keyboard.press('m');
    await hint.waitFor({ state: 'detached' });
    await room.getByText('麦克风已关').waitFor({ state: 'detached' });
  });

  it('say so when it is the loudspeaker', async () => {
    await pull(studio, 'audiooutput');
    await alarm().getByText('没有找到扬声器').waitFor();
    await pull(room, 'audiooutput');
    await room.getByText('没有找到扬声器，请检查连接线').waitFor();
    await Promise.all([studio, room].map((page) => plug(page, 'audiooutput')));
    await alarm().waitFor({ state: 'detached' });
    await room.getByText('没有找到扬声器').waitFor({ state: 'detached' });
  });
});

describe('the devices of a room on stage', () => {
  it('are missed in the room and by the presenter, who sees no picture of before', async () => {
    await tile().getByRole('button', { name: '请上台' }).click();
    await watchFor(tile().locator('video'), answering.plates);
    await expectTone(studio.locator('audio'), answering.toneHz);
    await pull(room, 'audioinput');
    await room.getByText('麦克风没有接好').waitFor();
    await tile().getByText('教室的麦克风没有接通').waitFor();
    await photograph(studio, 'studio-room-no-microphone');
    await pull(room, 'videoinput');
    await room.getByText('摄像头和麦克风都没有接好').waitFor();
    await tile().getByText('教室的摄像头没有画面').waitFor();
    await photograph(room, 'room-stage-no-devices');
  });

  it('are back by themselves, also when another program held them and nobody is there to try again', async () => {
    await hold(room, true);
    await plug(room, 'videoinput', 'audioinput');
    await room.getByText('摄像头和麦克风都没有接好').waitFor();
    await hold(room, false);
    await room.getByText('全体同学都能看到、听到这里').waitFor();
    await watchFor(tile().locator('video'), answering.plates);
    await expectTone(studio.locator('audio'), answering.toneHz);
    await tile().getByText('教室的麦克风没有接通').waitFor({ state: 'detached' });
  });
});
