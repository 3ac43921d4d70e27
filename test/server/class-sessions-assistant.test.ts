import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyJoinToken } from '../../media/index.ts';
import { readCode, signCode } from '../../server/class-sessions/assistant-code.ts';
import type { AssistantInvitation, AssistantJoin, ClassSession } from '../../server/class-sessions/schema.ts';
import { createLessonWorld, type LessonWorld, tokenSecret } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let teacher: Browser;
let device: Awaited<ReturnType<LessonWorld['enrolDevice']>>;
let phone: Browser;

beforeAll(async () => {
  world = await createLessonWorld();
  teacher = await world.signInAs('teacher-lead');
  device = await world.enrolDevice('member', '一年级教室');
  phone = world.open();
});
afterAll(() => world.close());

const schedule = (startsIn = 5) => world.schedule(teacher, startsIn, { roomIds: [device.roomId], allowClash: true });
const read = async <T>(response: Promise<Response>) => (await (await response).json()) as T;
const invite = (session: ClassSession, browser = device.browser) =>
  browser.post(`/api/class-sessions/${session.id}/assistant-invitation`);
const invitation = (session: ClassSession) => read<AssistantInvitation>(invite(session));
const join = (code: string) => phone.post('/api/assistants', { code });

describe('a phone that has scanned the code of a room', () => {
  it("enters as that room's assistant, for that lesson, and comes back by its pass", async () => {
    const session = await schedule();
    const { code, origin, expiresAt } = await invitation(session);
    expect(origin).toBe('https://tongke.example.edu.cn');
    expect(code).toMatch(/^[\w-]{70}$/);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(9 * 60_000);
    const joined = await read<AssistantJoin>(join(code));
    expect(joined).toMatchObject({ session: { id: session.id, title: session.title }, room: { id: device.roomId } });
    const claims = { role: 'assistant', classSessionId: session.id, roomId: device.roomId, sources: [] };
    expect((await verifyJoinToken(joined.token, tokenSecret)).claims).toMatchObject(claims);
    expect(joined.pass).not.toBe(code);
    const back = await read<AssistantJoin>(join(joined.pass));
    expect((await verifyJoinToken(back.token, tokenSecret)).claims).toMatchObject(claims);
    // The phone is nobody to the rest of the server.
    expect(phone.cookies.size).toBe(0);
    expect(await outcome(phone.get(`/api/class-sessions/${session.id}`))).toBe('401 not_signed_in');
  });

  it('is refused with a code that is not ours, too old, or changed', async () => {
    const session = await schedule();
    const { code } = await invitation(session);
    const { deviceId } = readCode(code, tokenSecret);
    const claims = { classSessionId: session.id, deviceId };
    const later = new Date(Date.now() + 60_000);
    const other = new TextEncoder().encode('another secret of thirty-two bytes');
    for (const wrong of [
      'none',
      '',
      'x'.repeat(70),
      `${code.startsWith('A') ? 'B' : 'A'}${code.slice(1)}`,
      code.slice(0, -2),
      `${code}AAAA`,
      signCode('invitation', claims, later, other),
      signCode('invitation', claims, new Date(Date.now() - 1000), tokenSecret),
      signCode('pass', { ...claims, deviceId: session.id }, later, tokenSecret),
    ]) {
      expect(await outcome(join(wrong)), wrong).toMatch(/^(401 invitation_invalid|400 invalid_input)$/);
    }
  });

  it('is let in when the room is, and no longer', async () => {
    const far = await schedule(60);
    expect(await outcome(join((await invitation(far)).code))).toBe('409 session_not_live');
    const session = await schedule();
    const { code } = await invitation(session);
    expect((await join(code)).status).toBe(200);
    await teacher.post(`/api/class-sessions/${session.id}/cancellation`, {});
    expect(await outcome(join(code))).toMatch(/invitation_invalid|session_already_over/);
    expect(await outcome(invite(session))).toMatch(/not_found|session_already_over/);
  });

  it('is out with the key of its room, and where the room is no part of the lesson', async () => {
    const gone = await world.enrolDevice('member', '二年级教室');
    const session = await world.schedule(teacher, 5, { roomIds: [gone.roomId], allowClash: true });
    expect(await outcome(invite(session))).toBe('404 not_found');
    const { code } = await read<AssistantInvitation>(invite(session, gone.browser));
    expect((await join(code)).status).toBe(200);
    await world.db.updateTable('device').set({ revoked_at: new Date() }).where('room_id', '=', gone.roomId).execute();
    expect(await outcome(join(code))).toBe('401 invitation_invalid');

    const moved = await schedule();
    const { code: earlier } = await invitation(moved);
    const { status } = await teacher.patch(`/api/class-sessions/${moved.id}`, {
      roomIds: [world.rooms.lead],
      allowClash: true,
    });
    expect(status).toBe(200);
    expect(await outcome(join(earlier))).toBe('401 invitation_invalid');
  });
});
