import ExcelJS from 'exceljs';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AttendanceEvent, attendanceOf } from '../../server/attendance/compute.ts';
import type { Attendance } from '../../server/attendance/schema.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

const minute = 60_000;

describe('the attendance of a room', () => {
  const lesson = { from: 0, to: 40 * minute };
  const there = (kind: 'joined' | 'left', at: number, participantId: string, role = 'receiver'): AttendanceEvent => ({
    ...{ kind, at: at * minute, participantId, role, roomId: 'room' },
  });
  const sound = (at: number, expectedMs: number, receivedMs: number, participantId = 'a'): AttendanceEvent => ({
    ...{ kind: 'audio', at: at * minute, participantId, roomId: 'room', expectedMs, receivedMs },
  });
  const heads = (count: number, roomId = 'room'): AttendanceEvent => ({ at: 0, kind: 'head_count', roomId, count });

  it('is its time in the lesson, by the sound that it received, by the heads in it', () => {
    const events = [
      there('joined', -10, 'a'),
      heads(30),
      heads(32),
      heads(9, 'other'),
      sound(10, 10 * minute, 9 * minute),
      there('left', 10, 'a'),
      there('joined', 20, 'b'),
      sound(30, 10 * minute, 5 * minute, 'b'),
      there('left', 40, 'b'),
    ];
    expect(attendanceOf('room', lesson, events)).toEqual({
      connected: [
        { from: 0, to: 10 * minute },
        { from: 20 * minute, to: 40 * minute },
      ],
      connectedMs: 30 * minute,
      connectedShare: 0.75,
      receivedShare: 0.7,
      headCount: 32,
      personMinutes: 30 * 0.7 * 32,
    });
  });

  it('counts a device once that came back before it had left, and no assistant', () => {
    const events = [
      there('joined', 0, 'a'),
      there('joined', 5, 'phone', 'assistant'),
      there('joined', 10, 'b'),
      there('left', 11, 'a'),
      there('left', 20, 'b'),
      there('left', 40, 'phone', 'assistant'),
    ];
    expect(attendanceOf('room', lesson, events).connected).toEqual([{ from: 0, to: 20 * minute }]);
  });

  it('ends with the last word of a room that never left, and is unknown where nothing was told', () => {
    const events = [there('joined', 0, 'a'), sound(12, minute, minute), there('joined', 30, 'b')];
    expect(attendanceOf('room', lesson, events)).toMatchObject({
      connectedMs: 12 * minute,
      headCount: null,
      personMinutes: null,
    });
    // That it came was not written down.
    const unheard = [sound(10, 4 * minute, 3 * minute), there('left', 12, 'a'), sound(12, minute, 0)];
    expect(attendanceOf('room', lesson, unheard).connected).toEqual([{ from: 6 * minute, to: 12 * minute }]);
    expect(attendanceOf('absent', lesson, events)).toMatchObject({ connectedMs: 0, receivedShare: null });
  });
});

describe('attendance', () => {
  let world: LessonWorld;
  let id: string;
  const startedAt = new Date('2026-11-20T02:00:00Z');
  const at = (minutes: number) => new Date(startedAt.getTime() + minutes * minute);
  const trick = '=HYPERLINK("http://example.com","点我")';

  beforeAll(async () => {
    world = await createLessonWorld();
    const { db, rooms } = world;
    const roomIds = [rooms.lead, rooms.member];
    const teacher = await world.signInAs('teacher-lead');
    ({ id } = await world.schedule(teacher, 0, { allowClash: true, title: trick, roomIds }));
    const over = { state: 'ended', started_at: startedAt, ended_at: at(40) } as const;
    await db.updateTable('class_session').set(over).where('id', '=', id).execute();
    const device = { participantId: 'p', role: 'receiver', accountId: null, deviceId: 'd', roomId: rooms.member };
    const event = (minutes: number, kind: string, data: object) => ({
      ...{ class_session_id: id, at: at(minutes), kind, data: JSON.stringify(data) },
    });
    await db
      .insertInto('class_event')
      .values([
        event(-5, 'joined', device),
        event(20, 'audio', {
          participantId: 'p',
          roomId: rooms.member,
          expectedMs: 20 * minute,
          receivedMs: 18 * minute,
        }),
        event(30, 'left', device),
      ])
      .execute();
  });
  afterAll(() => world.close());

  const read = async (browser: Browser): Promise<Attendance> => {
    const response = await browser.get(`/api/class-sessions/${id}/attendance`);
    expect(response.status).toBe(200);
    return (await response.json()) as Attendance;
  };
  const countAs = async (login: string, headCount: unknown) =>
    (await world.signInAs(login)).request(`/api/class-sessions/${id}/attendance/${world.rooms.member}`, {
      ...{ method: 'PUT', json: { headCount } },
    });

  it('is complete once somebody has counted', async () => {
    const teacher = await world.signInAs('teacher-lead');
    const before = await read(teacher);
    expect(before.rooms.map(({ id: room }) => room).sort()).toEqual([world.rooms.lead, world.rooms.member].sort());
    expect(before.rooms.find((room) => room.id === world.rooms.member)).toMatchObject({
      connectedMs: 30 * minute,
      connectedShare: 0.75,
      receivedShare: 0.9,
      headCount: null,
      personMinutes: null,
      mayCount: true,
    });
    expect(await outcome(countAs('teacher-lead', 501))).toMatch(/^400/);
    expect((await countAs('principal-member', 40)).status).toBe(200);
    expect((await read(teacher)).rooms.find((room) => room.id === world.rooms.member)).toMatchObject({
      headCount: 40,
      personMinutes: 30 * 0.9 * 40,
    });
  });

  it('is not counted without end', async () => {
    const data = JSON.stringify({
      roomId: world.rooms.member,
      count: 40,
      role: 'presenter',
      accountId: null,
      deviceId: null,
    });
    const row = { class_session_id: id, kind: 'head_count', at: new Date('2026-11-20T02:10:00Z'), data };
    const { count } = await world.db
      .selectFrom('class_event')
      .select((e) => e.fn.countAll<string>().as('count'))
      .where('kind', '=', 'head_count')
      .executeTakeFirstOrThrow();
    await world.db
      .insertInto('class_event')
      .values(Array.from({ length: 199 - Number(count) }, () => row))
      .execute();
    expect((await countAs('principal-member', 40)).status).toBe(200);
    expect(await outcome(countAs('principal-member', 40))).toBe('429 too_many_attempts');
  });

  it('is shown to a school of its own rooms only, and to no colleague', async () => {
    const member = await read(await world.signInAs('principal-member'));
    expect(member.rooms.map((room) => room.id)).toEqual([world.rooms.member]);
    expect((await read(await world.signInAs('principal-lead'))).rooms).toHaveLength(2);
    const colleague = await world.signInAs('teacher-member');
    expect((await colleague.get(`/api/class-sessions/${id}/attendance`)).status).toBe(403);
    expect((await countAs('principal-lead', 3)).status).toBe(403);
  });

  async function sheetOf(response: Response) {
    expect(response.status).toBe(200);
    const bytes = await response.arrayBuffer();
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(bytes);
    const [sheet] = workbook.worksheets;
    if (!sheet) throw new Error('no sheet');
    const rows = sheet.getSheetValues().slice(1) as unknown[][];
    const parts = Object.entries(unzipSync(new Uint8Array(bytes)));
    const formulas = parts.filter(
      ([name, part]) => name.includes('sheet') && /<f[ >]/.test(Buffer.from(part).toString()),
    );
    return {
      rows: rows.map((row) => row.slice(1)),
      formulas,
      disposition: response.headers.get('content-disposition'),
    };
  }

  it('is a workbook with Chinese headers in which a name that looks like a formula is none', async () => {
    const teacher = await world.signInAs('teacher-lead');
    const { rows, formulas, disposition } = await sheetOf(
      await teacher.get(`/api/class-sessions/${id}/attendance.xlsx`),
    );
    const [header, ...lines] = rows;
    expect(header?.slice(0, 2)).toEqual(['日期', '课堂']);
    const line = lines.find((row) => row[5] === '多媒体教室') ?? [];
    expect(line[0]).toBe('2026-11-20');
    expect(line[1]).toBe(trick);
    expect(line.slice(6, 14)).toEqual(['10:00', '10:40', 40, 30, 0.75, 0.9, 40, 1080]);
    expect(line[14]).toBe('10:00–10:30');
    expect(formulas).toEqual([]);
    expect(decodeURIComponent(disposition ?? '')).toContain('考勤');
  });

  it('of a period is the office’s', async () => {
    const path = (from: string, to: string) =>
      `/api/alliances/${world.alliances.ours}/attendance.xlsx?from=${from}&to=${to}`;
    const office = await world.signInAs('office-lead');
    expect((await sheetOf(await office.get(path('2026-11-20', '2026-11-20')))).rows).toHaveLength(3);
    expect((await sheetOf(await office.get(path('2026-11-21', '2026-11-30')))).rows).toHaveLength(1);
    expect((await office.get(path('2026-11-21', '2026-11-20'))).status).toBe(400);
    expect((await office.get(path('2024-01-01', '2026-11-20'))).status).toBe(400);
    const teacher = await world.signInAs('teacher-lead');
    expect((await teacher.get(path('2026-11-20', '2026-11-20'))).status).toBe(403);
  });
});
