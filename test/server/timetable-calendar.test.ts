import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClassSession, ClassSessionList } from '../../server/class-sessions/schema.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let teacher: Browser;
beforeAll(async () => {
  world = await createLessonWorld();
  teacher = await world.signInAs('teacher-lead');
});
afterAll(() => world.close());

const nobody = () => world.open();
const dayMs = 24 * 60 * 60 * 1000;
const title = '三年级数学《分数的初步认识》；分母, 分子\\约分: 这是一个很长很长很长很长很长很长很长很长很长的题目 😀';
let hours = 24;
const later = () => {
  hours += 1;
  return hours * 60;
};

async function open(browser: Browser, path = '/api/me/calendar'): Promise<string> {
  const response = await browser.post(path);
  expect(response.status).toBe(201);
  const made = (await response.json()) as { path: string; url: string };
  expect(made.url).toBe(`https://tongke.example.edu.cn${made.path}`);
  return made.path;
}

/** The lessons of a feed, as another program reads them. */
async function eventsOf(path: string) {
  const response = await nobody().get(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
  const text = await response.text();
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = calendar.getAllSubcomponents('vtimezone');
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    const start = component.getFirstProperty('dtstart');
    return {
      uid: event.uid,
      title: event.summary,
      description: event.description,
      location: event.location,
      sequence: event.sequence,
      status: component.getFirstPropertyValue('status'),
      url: component.getFirstPropertyValue('url'),
      zone: start?.getFirstParameter('tzid'),
      start: event.startDate.toJSDate().toISOString(),
      end: event.endDate.toJSDate().toISOString(),
      stamp: String(component.getFirstPropertyValue('dtstamp')),
    };
  });
  return { text, events, zones: zones.map((zone) => zone.getFirstPropertyValue('tzid')) };
}

describe('the calendar of a teacher', () => {
  it('holds the lessons that the teacher presents, and no others, for a program that has the address alone', async () => {
    const session = await world.schedule(teacher, later(), { title });
    const second = await world.signInAs('second-teacher-lead');
    await world.schedule(second, later(), { title: '别人的课' });
    const { text, events, zones } = await eventsOf(await open(teacher));
    expect(events).toEqual([
      {
        uid: `class-session-${session.id}@tongke`,
        title,
        description: '中心小学 teacher-lead',
        location: '东河小学 多媒体教室',
        sequence: 0,
        status: 'CONFIRMED',
        url: `https://tongke.example.edu.cn/sessions/${session.id}`,
        zone: 'Asia/Shanghai',
        start: `${session.scheduledStart.slice(0, 19)}.000Z`,
        end: `${session.scheduledEnd.slice(0, 19)}.000Z`,
        stamp: expect.stringMatching(/Z$/),
      },
    ]);
    expect(zones).toEqual(['Asia/Shanghai']);
    // RFC 5545 §3.1: lines of at most 75 octets, ended by CRLF, and no character cut in two.
    const lines = text.split('\r\n');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75 && !line.includes('\n'))).toBe(true);
    expect(text).not.toContain('\uFFFD');
    expect(text.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n')).toBe(true);
  });

  it('keeps the name of a lesson that is moved or cancelled, and raises its number', async () => {
    const path = await open(teacher);
    const session = await world.schedule(teacher, later(), { title: '要变的课' });
    const mine = async () => (await eventsOf(path)).events.find(({ uid }) => uid.includes(session.id));
    expect(await mine()).toMatchObject({ sequence: 0, status: 'CONFIRMED' });

    const [start, end] = [session.scheduledStart, session.scheduledEnd].map((time) =>
      new Date(Date.parse(time) + 30 * dayMs).toISOString(),
    );
    await teacher.patch(`/api/class-sessions/${session.id}`, {
      scheduledStart: start,
      scheduledEnd: end,
      reason: '教研活动',
    });
    expect(await mine()).toMatchObject({
      sequence: 1,
      start: `${start?.slice(0, 19)}.000Z`,
      description: '中心小学 teacher-lead\n教研活动',
    });
    // What a calendar does not show changes nothing for it.
    await teacher.patch(`/api/class-sessions/${session.id}`, { music: true });
    expect(await mine()).toMatchObject({ sequence: 1 });
    await teacher.post(`/api/class-sessions/${session.id}/cancellation`, { reason: '停电' });
    expect(await mine()).toMatchObject({
      sequence: 2,
      status: 'CANCELLED',
      description: '中心小学 teacher-lead\n停电',
    });
  });

  it('is given whole only when something has changed', async () => {
    const path = await open(teacher);
    const first = await nobody().get(path);
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/".+"$/);
    const again = await nobody().get(path, { headers: { 'if-none-match': tag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    await world.schedule(teacher, later(), { title: '新的课' });
    expect((await nobody().get(path, { headers: { 'if-none-match': tag } })).status).toBe(200);
  });

  it('has the zone of the school, with the changes of its clocks', async () => {
    await world.db
      .updateTable('school')
      .set({ time_zone: 'Europe/Berlin' })
      .where('id', '=', world.schools.member)
      .execute();
    const member = await world.signInAs('teacher-member');
    const { title: _, ...rest } = world.plan(later());
    const session = (await (
      await member.post('/api/class-sessions', {
        ...rest,
        title: '时区',
        presenterId: world.accounts['teacher-member'],
      })
    ).json()) as ClassSession;
    const { text, zones } = await eventsOf(await open(member));
    expect(zones).toEqual(['Europe/Berlin']);
    expect(text).toContain('BEGIN:DAYLIGHT');
    const calendar = new ICAL.Component(ICAL.parse(text));
    const zone = new ICAL.Timezone(calendar.getFirstSubcomponent('vtimezone') ?? expect.fail('no zone'));
    ICAL.TimezoneService.register(zone);
    const component = calendar.getFirstSubcomponent('vevent') ?? expect.fail('no lesson');
    const start = new ICAL.Event(component).startDate;
    expect(start.zone?.tzid).toBe('Europe/Berlin');
    expect(start.toUnixTime()).toBe(Math.floor(Date.parse(session.scheduledStart) / 1000));
    ICAL.TimezoneService.reset();
  });

  it('is closed by a new address, by its end, and with the account', async () => {
    const first = await open(teacher);
    const second = await open(teacher);
    expect(await outcome(nobody().get(first))).toBe('404 not_found');
    expect(await outcome(nobody().get(second))).toBe('200');
    expect(await (await teacher.get('/api/me/calendar')).json()).toEqual({ createdAt: expect.any(String) });
    await teacher.delete('/api/me/calendar');
    expect(await outcome(nobody().get(second))).toBe('404 not_found');
    expect(await (await teacher.get('/api/me/calendar')).json()).toEqual({ createdAt: null });

    const leaver = await world.signInAs('second-teacher-lead');
    const theirs = await open(leaver);
    const admin = await world.signInAs('admin-lead');
    const disable = (disabled: boolean) =>
      admin.patch(`/api/accounts/${world.accounts['second-teacher-lead']}`, { disabled });
    expect(await outcome(disable(true))).toBe('200');
    expect(await outcome(nobody().get(theirs))).toBe('404 not_found');
    expect(await outcome(disable(false))).toBe('200');
    expect(await outcome(nobody().get(theirs))).toBe('200');
  });

  it('is not to be had from what is stored', async () => {
    const path = await open(teacher);
    const token = path.slice('/calendar/'.length, -'.ics'.length);
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const { rows } = await world.database.pool.query<{ row: string }>(
      'select calendar_feed::text as row from calendar_feed',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ row }) => row.includes(token) || row.includes(Buffer.from(token).toString('hex')))).toBe(false);
    for (const wrong of [`${token}x`, token.slice(1), '', '..', '%00']) {
      expect(await outcome(nobody().get(`/calendar/${wrong}.ics`)), wrong).toBe('404 not_found');
    }
  });
});

describe('the calendar of a room', () => {
  it('holds what the room takes part in, and is made by who keeps the room', async () => {
    const operator = await world.signInAs('operator-member');
    const device = await world.enrolDevice('member', '日历教室');
    const path = `/api/rooms/${device.roomId}/calendar`;
    const here = await world.schedule(teacher, later(), { title: '这间的课', roomIds: [device.roomId] });
    await world.schedule(teacher, later(), { title: '别间的课' });
    const { events, text } = await eventsOf(await open(operator, path));
    expect(events.map(({ uid }) => uid)).toEqual([`class-session-${here.id}@tongke`]);
    expect(text).toContain('X-WR-CALNAME:东河小学 日历教室');
    for (const [login, expected] of [
      ['operator-lead', '403 forbidden'],
      ['teacher-member', '403 forbidden'],
      ['operator-stranger', '404 not_found'],
    ] as const) {
      expect(await outcome((await world.signInAs(login)).post(path)), login).toBe(expected);
    }
    const feed = await open(operator, path);
    await operator.delete(`/api/rooms/${device.roomId}`);
    expect(await outcome(nobody().get(feed))).toBe('404 not_found');
  });
});

describe('many lessons', () => {
  const many = 1200;
  const from = new Date(Date.now() + 30 * dayMs);
  beforeAll(async () => {
    const { db, accounts, schools, alliances } = world;
    // Each at the same time as another, as those of two rooms are.
    const rows = Array.from({ length: many }, (_, number) => {
      const start = new Date(from.getTime() + Math.floor(number / 2) * 60_000);
      return {
        ...{ alliance_id: alliances.ours, school_id: schools.lead, presenter_id: accounts['teacher-lead'] ?? '' },
        ...{ title: `第 ${number} 课`, scheduled_start: start, scheduled_end: new Date(start.getTime() + 30_000) },
      };
    });
    await db.insertInto('class_session').values(rows).execute();
  });

  it('come in parts, each once and by time', async () => {
    const query = new URLSearchParams({
      from: from.toISOString(),
      to: new Date(from.getTime() + dayMs).toISOString(),
    });
    const items: ClassSession[] = [];
    const parts: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      if (cursor !== '') query.set('cursor', cursor);
      const part = (await (await teacher.get(`/api/class-sessions?${query}`)).json()) as ClassSessionList;
      parts.push(part.items.length);
      items.push(...part.items);
      cursor = part.nextCursor;
    }
    expect(parts).toEqual([1000, 200]);
    expect(new Set(items.map(({ id }) => id)).size).toBe(many);
    const starts = items.map(({ scheduledStart }) => scheduledStart);
    expect(starts).toEqual(starts.toSorted());
    expect(await outcome(teacher.get('/api/class-sessions?cursor=x'))).toBe('400 invalid_input');
  });

  it('are all in the calendar', async () => {
    const { events } = await eventsOf(await open(teacher));
    expect(events.filter((event) => /^第 \d+ 课$/.test(event.title))).toHaveLength(many);
  });
});
