import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { closeCodes } from '../../media/protocol.ts';
import type { AssistantInvitation, ClassSession, ClassSessionJoin } from '../../server/class-sessions/schema.ts';
import { ClassroomClient } from '../media/environment/classroom-client.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { password } from './environment/people.ts';
import { createWholeApplication, type WholeApplication } from './environment/whole-application.ts';

type Device = Awaited<ReturnType<WholeApplication['enrolDevice']>>;

let world: WholeApplication;
let origin: string;
let device: Device;
const http = createServer();
beforeAll(async () => {
  world = await createWholeApplication();
  world.classroom.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  origin = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  device = await world.enrolDevice('member');
});
afterAll(async () => {
  await world.close();
  http.close();
});

const post = (browser: Browser, session: ClassSession, what: string) =>
  browser.post(`/api/class-sessions/${session.id}/${what}`);

/** A lesson of an alliance that is on, with this room in it. */
async function teach(presenter: Browser, { roomId }: Device, allianceId = world.alliances.ours): Promise<ClassSession> {
  const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const times = { scheduledStart: inMinutes(5), scheduledEnd: inMinutes(45), allowClash: true };
  const made = await presenter.post('/api/class-sessions', { title: '分数', allianceId, roomIds: [roomId], ...times });
  expect(made.status).toBe(201);
  const session = (await made.json()) as ClassSession;
  expect(await outcome(post(presenter, session, 'start'))).toBe('200');
  return session;
}

async function enter(asked: Response): Promise<ClassroomClient> {
  const { token, url } = (await asked.json()) as Pick<ClassSessionJoin, 'token' | 'url'>;
  const client = await ClassroomClient.connect(new URL(url, origin).href);
  onTestFinished(() => client.drop());
  await client.join(token);
  return client;
}

const sit = async (browser: Browser, session: ClassSession) => enter(await post(browser, session, 'join'));

async function assist(room: Device, session: ClassSession): Promise<ClassroomClient> {
  const { code } = (await (await post(room.browser, session, 'assistant-invitation')).json()) as AssistantInvitation;
  return enter(await world.open().post('/api/assistants', { code }));
}

const putOut = { code: closeCodes.refused, reason: 'access_ended' };

describe('a school that is taken out of the alliance', () => {
  it('loses its seats in the lessons of that alliance at once, and no others', async () => {
    const { alliances, schools } = world;
    const admin = await world.signIn('admin');
    const teacher = await world.signIn('teacher');
    const member = await world.signIn('teacher', 'member');
    const host = await world.enrolDevice('lead');
    const membership = (allianceId: string, schoolId: string) => `/api/alliances/${allianceId}/schools/${schoolId}`;
    await admin.put(membership(alliances.other, schools.lead), { role: 'member' });
    await admin.put(membership(alliances.other, schools.member), { role: 'member' });
    const session = await teach(teacher, device);
    const own = await teach(member, host);
    const elsewhere = await teach(await world.signIn('teacher', 'stranger'), device, alliances.other);

    const lost = [
      await sit(device.browser, session),
      await assist(device, session),
      await sit(member, session),
      await sit(member, own),
    ];
    const kept = [
      await sit(teacher, session),
      await sit(await world.signIn('office'), session),
      await sit(admin, session),
      await sit(host.browser, own),
      await sit(device.browser, elsewhere),
      await sit(member, elsewhere),
    ];
    const signedBefore = ((await (await post(device.browser, session, 'join')).json()) as ClassSessionJoin).token;
    expect(await outcome(admin.delete(membership(alliances.ours, schools.member)))).toBe('204');
    onTestFinished(async () => void (await admin.put(membership(alliances.ours, schools.member), { role: 'member' })));

    for (const client of lost) expect(await client.closed).toEqual(putOut);
    for (const client of kept) await client.request('ping', {});
    const again = await ClassroomClient.connect(new URL('/classroom', origin).href);
    await expect(again.join(signedBefore)).rejects.toMatchObject({ code: 'token_invalid' });
    for (const browser of [device.browser, member]) {
      expect(await outcome(post(browser, session, 'join'))).toBe('404 not_found');
    }
    for (const one of [session, own, elsewhere]) await post(admin, one, 'end');
  });
});

describe('an account whose password is another one', () => {
  const next = 'orchard-gate-519';

  it('loses the seats of its other sign-ins at once, when its owner has changed it', async () => {
    const teacher = await world.signIn('teacher');
    const [here, elsewhere] = [await world.signIn('principal', 'member'), await world.signIn('principal', 'member')];
    const [session, other] = [await teach(teacher, device), await teach(teacher, device)];
    const own = await sit(here, session);
    const foreign = await sit(elsewhere, other);
    const neighbour = await sit(teacher, session);
    const signedBefore = ((await (await post(elsewhere, other, 'join')).json()) as ClassSessionJoin).token;

    expect(await outcome(here.post('/api/me/password', { current: password, next }))).toBe('204');
    expect(await foreign.closed).toEqual(putOut);
    const again = await ClassroomClient.connect(new URL('/classroom', origin).href);
    await expect(again.join(signedBefore)).rejects.toMatchObject({ code: 'token_invalid' });
    expect(await outcome(post(elsewhere, other, 'join'))).toBe('401 not_signed_in');
    for (const client of [own, neighbour]) await client.request('ping', {});
    await (await sit(here, other)).request('ping', {});
    for (const one of [session, other]) await post(teacher, one, 'end');
  });

  it('loses all of them when somebody else has reset it', async () => {
    const [admin, teacher] = [await world.signIn('admin'), await world.signIn('teacher')];
    const operator = await world.signIn('operator', 'member');
    const session = await teach(teacher, device);
    const seat = await sit(operator, session);
    const reset = admin.post(`/api/accounts/${world.accounts['operator-member']}/password`);
    expect(await outcome(reset)).toBe('200');
    expect(await seat.closed).toEqual(putOut);
    expect(await outcome(post(operator, session, 'join'))).toBe('401 not_signed_in');
    await post(teacher, session, 'end');
  });
});
