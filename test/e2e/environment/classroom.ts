import type { Page } from 'playwright-core';
import { vi } from 'vitest';
import { z } from 'zod';
import { topics } from '../../../infra/demo/content/topics.ts';
import { coursewarePptx } from '../../../infra/demo/formats/documents.ts';
import { bigScreen, openChromium, visit, visitOnTwoScreens } from './chromium.ts';
import { openScene, type Scene } from './scene.ts';
import { type CaptureContent, makeCapture } from './test-media.ts';

/** What the presenter's camera and microphone bring, and those of the room. */
export const presenting = {
  drawing: 'teacher',
  plates: ['red', 'green', 'blue'],
  toneHz: 660,
  loudness: 0.5,
} satisfies CaptureContent;
export const answering = {
  drawing: 'pupils',
  plates: ['yellow', 'violet', 'cyan'],
  toneHz: 1_500,
  loudness: 0.3,
} satisfies CaptureContent;
export const courseware = '分数的初步认识 课件';
export const lesson = '三年级数学《分数的初步认识》';

/** A lesson on today's timetable: the presenter's window and the big screen of a room, each with its own media. */
export interface Classroom {
  scene: Scene;
  studio: Page;
  room: Page;
  sessionId: string;
  close(): Promise<void>;
}

const withId = z.object({ id: z.string() });
const fileState = z.object({ state: z.string() });

/** Of a courseware of so many pages: beside its steps it has a title, the goals and the questions. */
export function topicOf(pages: number | undefined): typeof topics.oneOfSeveral {
  const topic = topics.oneOfSeveral;
  if (pages === undefined) return topic;
  const steps = Array.from({ length: pages - 3 }, (_, index): [string, string] => [
    `第 ${index + 1} 步`,
    '看一看，说一说。',
  ]);
  return { ...topic, steps };
}

/** Courseware in the library, a room, and a lesson in it that begins now. @returns the session and the room */
async function prepare(
  { alliance }: Scene,
  moreRooms: number,
  pages: number | undefined,
): Promise<{ sessionId: string; roomId: string }> {
  const teacher = await alliance.clientOf('teacher');
  const fileId = await teacher.upload(`${courseware}.pptx`, await coursewarePptx(topicOf(pages)));
  const terms = { kind: 'courseware', licence: 'cc_by', visibility: 'alliance', publish: true };
  await teacher.send('POST', '/resources', { ...terms, title: courseware, fileIds: [fileId] }, z.unknown());
  const wanted = { schoolId: alliance.schools.东河小学, name: '三(1)班' };
  const { room } = await alliance.admin.send('POST', '/rooms', wanted, z.object({ room: withId }));
  const others = Array.from({ length: moreRooms }, async (_, index) => {
    const other = { schoolId: alliance.schools.东河小学, name: `四年级(${index + 1})班` };
    return (await alliance.admin.send('POST', '/rooms', other, z.object({ room: withId }))).room.id;
  });
  const consent = { pupilsRecorded: 'voices_and_pictures' };
  await alliance.admin.send('PUT', `/schools/${wanted.schoolId}/pupil-consent`, consent, z.unknown());
  const start = new Date();
  const { id: sessionId } = await teacher.send(
    'POST',
    '/class-sessions',
    {
      title: lesson,
      allianceId: alliance.id,
      roomIds: [room.id, ...(await Promise.all(others))],
      scheduledStart: start.toISOString(),
      scheduledEnd: new Date(start.getTime() + 40 * 60_000).toISOString(),
      slidesFileId: fileId,
    },
    withId,
  );
  const ready = async () => (await teacher.get(`/files/${fileId}`, fileState)).state === 'ready';
  await vi.waitUntil(ready, { timeout: 120_000, interval: 500 });
  return { sessionId, roomId: room.id };
}

/**
 * Microphones that bring what is played to them: notes are not speech, and a browser takes them for noise now and then, or,
 * while both sides sound, for an echo.
 */
async function keepSound(page: Page): Promise<void> {
  await page.addInitScript(() => {
    // An empty page has none.
    const devices = navigator.mediaDevices as MediaDevices | undefined;
    if (!devices) return;
    const asked = devices.getUserMedia.bind(devices);
    devices.getUserMedia = ({ audio, ...others } = {}) => {
      const unprocessed = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const sound = audio ? { audio: { ...(audio === true ? {} : audio), ...unprocessed } } : {};
      return asked({ ...others, ...sound });
    };
  });
}

export interface ClassroomOptions {
  /** The room's machine has two screens. */
  twoScreens?: boolean;
  /** So many rooms besides are in the lesson, whose machines are off. */
  moreRooms?: number;
  /** Of the courseware; as many as the demonstration's has, unless given. */
  pages?: number;
}

export async function openClassroom({
  twoScreens = false,
  moreRooms = 0,
  pages,
}: ClassroomOptions = {}): Promise<Classroom> {
  const scene = await openScene();
  const { sessionId, roomId } = await prepare(scene, moreRooms, pages);
  const device = { name: '一体机' };
  const enrolment = z.object({ enrolmentPath: z.string() });
  const { enrolmentPath } = await scene.alliance.admin.send('POST', `/rooms/${roomId}/devices`, device, enrolment);

  const captures = await Promise.all([presenting, answering].map((content) => makeCapture(scene.folder, content)));
  const [studioBrowser, roomBrowser] = await Promise.all([
    openChromium(captures[0]),
    openChromium(captures[1], { twoScreens }),
  ]);
  const studio = await scene.open('teacher', { browser: studioBrowser });
  const { address } = scene.product;
  const room = await (twoScreens ? visitOnTwoScreens(roomBrowser, address) : visit(roomBrowser, address, bigScreen));
  await Promise.all([studio, room].map(keepSound));
  await room.goto(enrolmentPath);
  return {
    scene,
    studio,
    room,
    sessionId,
    async close() {
      await Promise.all([studioBrowser.close(), roomBrowser.close()]);
      await scene.close();
    },
  };
}
