import { z } from 'zod';
import { type Stage, signIn } from './product.ts';

const named = z.object({ id: z.string() });
const hourMs = 3_600_000;

export interface LiveLesson {
  id: string;
  /** Cookie header of the presenter. */
  presenter: string;
  /** Cookie header of each room's device. */
  devices: string[];
}

/** A lesson that has begun, with a room of the member school for each of `rooms`, and their devices. */
export async function beginLesson(
  stage: Stage,
  rooms: number,
  { slidesFileId }: { slidesFileId?: string } = {},
): Promise<LiveLesson> {
  const { alliance, product } = stage;
  const roomIds: string[] = [];
  const devices: string[] = [];
  for (let number = 1; number <= rooms; number += 1) {
    const asked = { schoolId: alliance.schools.东河小学, name: `${number}班` };
    const { room } = await alliance.admin.send('POST', '/rooms', asked, z.object({ room: named }));
    const newDevice = z.object({ code: z.string() });
    const { code } = await alliance.admin.send('POST', `/rooms/${room.id}/devices`, { name: '一体机' }, newDevice);
    roomIds.push(room.id);
    devices.push(await enrol(product.address, code));
  }
  const presenter = await signIn(stage, 'teacher');
  const teacher = await alliance.clientOf('teacher');
  const now = Date.now();
  const lesson = {
    title: '分数的初步认识',
    allianceId: alliance.id,
    roomIds,
    scheduledStart: new Date(now).toISOString(),
    scheduledEnd: new Date(now + hourMs).toISOString(),
    ...(slidesFileId !== undefined && { slidesFileId }),
  };
  const { id } = await teacher.send('POST', '/class-sessions', lesson, named);
  await teacher.send('POST', `/class-sessions/${id}/start`, undefined, z.unknown());
  return { id, presenter, devices };
}

async function enrol(address: string, code: string): Promise<string> {
  const answer = await fetch(`${address}/api/device/enrolment`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  const [cookie] = answer.headers.getSetCookie();
  if (!answer.ok || cookie === undefined) throw new Error(`The device was not enrolled: ${await answer.text()}`);
  return cookie.split(';')[0] ?? '';
}

const admission = z.object({ token: z.string(), url: z.string() });
export type Admission = z.output<typeof admission>;

/** Asks for a place in the lesson, as the studio and the room do. */
export async function admit(address: string, lessonId: string, cookie: string): Promise<Admission> {
  const answer = await fetch(`${address}/api/class-sessions/${lessonId}/join`, {
    method: 'POST',
    headers: { cookie, 'tongke-as': cookie.startsWith('tongke_device') ? 'device' : 'account' },
  });
  if (!answer.ok) throw new Error(`The lesson was not to be joined: ${await answer.text()}`);
  const { token, url } = admission.parse(await answer.json());
  const classroom = new URL(url, address);
  classroom.protocol = 'ws:';
  return { token, url: classroom.href };
}

/** Puts a Cookie header into a browser. */
export function browserCookies(address: string, header: string) {
  return header.split('; ').map((pair) => {
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: address };
  });
}
