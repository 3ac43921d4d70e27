import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { auditEventPage } from '../../server/audit/schema.ts';
import type { RecordingState } from '../../server/database/tables/classroom.ts';
import { noticeList } from '../../server/notices/schema.ts';
import { resourceSchema } from '../../server/resources/schema.ts';
import { createRecordingExpiry } from '../../server/retention/jobs.ts';
import { resourceRetentionSchema, schoolRetentionSchema } from '../../server/retention/schema.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createWholeApplication, type WholeApplication } from './environment/whole-application.ts';

let world: WholeApplication;
let admin: Browser;
let principal: Browser;
let teacher: Browser;
beforeAll(async () => {
  world = await createWholeApplication();
  admin = await world.signIn('admin');
  principal = await world.signIn('principal');
  teacher = await world.signIn('teacher');
}, 60_000);
afterAll(() => world.close());

const log = pino({ level: 'silent' });
const dayMs = 24 * 60 * 60 * 1000;
const daysAgo = (days: number) => new Date(Date.now() - days * dayMs);

/** What the cron does. */
async function night(atMost?: number, signal = new AbortController().signal): Promise<void> {
  const { notices, resources } = world.services;
  const run = createRecordingExpiry({
    db: world.db,
    tell: notices.tellOfExpiry,
    expire: resources.expire,
    ...(atMost !== undefined && { atMost }),
  });
  await run({}, { jobId: 'night', attempt: 1, lastAttempt: false, signal, log });
}

/** The days of the notice go by for everybody who was told. */
const twoWeeksLater = () =>
  world.db
    .updateTable('recording')
    .set({ deletion_told_at: sql<Date>`deletion_told_at - interval '14 days'` })
    .where('deletion_told_at', 'is not', null)
    .execute();

/** A lesson of so many days ago with its recording in library and store, as its finishing leaves it. */
async function addRecording(title: string, age: number, owner = 'teacher-lead') {
  const { db, storage, accounts, schools, alliances } = world;
  const ownerId = accounts[owner] ?? '';
  const school_id = owner.endsWith('member') ? schools.member : schools.lead;
  const at = daysAgo(age);
  const session = await db
    .insertInto('class_session')
    .values({
      ...{ alliance_id: alliances.ours, school_id, presenter_id: ownerId, title, state: 'published' },
      ...{ scheduled_start: at, scheduled_end: new Date(at.getTime() + 40 * 60_000) },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const resource = await db
    .insertInto('resource')
    .values({
      ...{ school_id, owner_id: ownerId, kind: 'class_recording', title, licence: 'alliance_only' },
      ...{ visibility: 'alliance', status: 'published', published_at: at },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const recording = await db
    .insertInto('recording')
    .values({
      ...{ class_session_id: session.id, resource_id: resource.id, state: 'finished', started_at: at },
      ...{ duration_ms: 1000, completeness: 1, timeline: JSON.stringify({ slides: [], gaps: [] }) },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const content = Buffer.from(`video of ${title}`);
  const key = `recordings/${recording.id}/video.mp4`;
  const poster = `recordings/${recording.id}/poster.webp`;
  for (const one of [key, poster]) await storage.put(one, Readable.from([content]), { bytes: content.length });
  const file = { id: recording.id, resource_id: resource.id, owner_id: ownerId, school_id, name: `${title}.mp4` };
  await db
    .insertInto('file')
    .values({ ...file, bytes: content.length, object_key: key, media_type: 'video/mp4', state: 'ready' })
    .execute();
  const picture = { file_id: recording.id, kind: 'poster' as const, number: 1, width: 32, height: 18 };
  await db
    .insertInto('preview')
    .values({ ...picture, object_key: poster, media_type: 'image/webp', bytes: content.length })
    .execute();
  await db.insertInto('outbox').values({ entity: 'resource', entity_id: resource.id }).execute();
  return { id: resource.id, recordingId: recording.id, sessionId: session.id, bytes: content.length };
}

async function json<T>(schema: z.ZodType<T>, answer: Promise<Response>): Promise<T> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  return schema.parse(await response.json());
}
const rulePath = () => `/api/schools/${world.schools.lead}/retention`;
const setRule = (keptDays: number | null, by = principal) =>
  json(schoolRetentionSchema, by.put(rulePath(), { keptDays }));
const exempt = (id: string, keptForEver: boolean, by = teacher) =>
  json(resourceRetentionSchema, by.put(`/api/resources/${id}/retention`, { keptForEver }));
const retentionOf = async (id: string, by = teacher) =>
  (await json(resourceSchema, by.get(`/api/resources/${id}`))).retention;
const isThere = async (id: string) => (await teacher.get(`/api/resources/${id}`)).status === 200;
const noticesOf = async (browser: Browser) =>
  (await json(noticeList, browser.get('/api/me/notices'))).items.filter(({ kind }) => kind === 'recording_expires');
async function eventsOf(id: string) {
  const { items } = await json(auditEventPage, admin.get(`/api/audit-events?subjectId=${id}`));
  return items.reverse().map(({ actor, action, details }) => [actor?.name ?? null, action, details]);
}
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 100 });
const usedBytes = async () => {
  const schools = z.object({ items: z.array(z.object({ id: z.string(), storage: z.object({ usedBytes: z.int() }) })) });
  const { items } = await json(schools, admin.get('/api/schools'));
  return items.find(({ id }) => id === world.schools.lead)?.storage.usedBytes ?? 0;
};

describe('the rule of a school', () => {
  it('is for ever until somebody who may sets another', async () => {
    expect(await json(schoolRetentionSchema, principal.get(rulePath()))).toEqual({ keptDays: null, expired: 0 });
    expect(await setRule(365)).toEqual({ keptDays: 365, expired: 0 });
    expect(await setRule(365)).toEqual({ keptDays: 365, expired: 0 });
    expect(await setRule(null, admin)).toEqual({ keptDays: null, expired: 0 });
    expect((await eventsOf(world.schools.lead)).filter(([, action]) => action === 'retention.changed')).toEqual([
      ['principal-lead', 'retention.changed', { keptDays: 365 }],
      ['admin-lead', 'retention.changed', { keptDays: null }],
    ]);
  });

  it('is refused to everybody else, and beyond its bounds', async () => {
    for (const [role, school] of [
      ['principal', 'member'],
      ['principal', 'stranger'],
    ] as const) {
      const other = await world.signIn(role, school);
      expect(await outcome(other.get(rulePath()))).toBe('404 not_found');
      expect(await outcome(other.put(rulePath(), { keptDays: 30 }))).toBe('404 not_found');
    }
    for (const role of ['teacher', 'operator', 'office'] as const) {
      const lesser = await world.signIn(role);
      expect(await outcome(lesser.get(rulePath()))).toBe('403 forbidden');
      expect(await outcome(lesser.put(rulePath(), { keptDays: 30 }))).toBe('403 forbidden');
    }
    for (const keptDays of [0, 29, 3651, 30.5, '30']) {
      expect(await outcome(principal.put(rulePath(), { keptDays }))).toBe('400 invalid_input');
    }
    const unknown = '/api/schools/019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21/retention';
    expect(await outcome(admin.put(unknown, { keptDays: 30 }))).toBe('404 not_found');
    expect(await json(schoolRetentionSchema, principal.get(rulePath()))).toMatchObject({ keptDays: null });
  });

  it('deletes nothing without one', async () => {
    const { id } = await addRecording('没有期限的课', 5000);
    await night();
    await twoWeeksLater();
    await night();
    expect(await retentionOf(id)).toEqual({ keptForEver: false, keptDays: null, deletedAfter: null });
    expect(await noticesOf(teacher)).toEqual([]);
    await exempt(id, true);
  });
});

describe('a recording that was kept long enough', () => {
  it('is announced, deleted two weeks later as if by a person, and leaves nothing in store, search and quota', {
    timeout: 60_000,
  }, async () => {
    const before = await usedBytes();
    const old = await addRecording('古老的榫卯课', 100);
    const young = await addRecording('年轻的榫卯课', 50);
    const found = async () => {
      const list = z.object({ items: z.array(z.object({ id: z.string() })), degraded: z.boolean() });
      const { items, degraded } = await json(list, teacher.get(`/api/resources?q=${encodeURIComponent('榫卯课')}`));
      expect(degraded).toBe(false);
      return items.map(({ id }) => id);
    };
    await eventually(async () =>
      expect(await world.db.selectFrom('outbox').select('id').limit(1).execute()).toEqual([]),
    );
    await eventually(async () => expect((await found()).sort()).toEqual([old.id, young.id].sort()));
    expect(await usedBytes()).toBe(before + old.bytes + young.bytes);

    expect(await json(schoolRetentionSchema, principal.get(`${rulePath()}?keptDays=90`))).toEqual({
      keptDays: null,
      expired: 1,
    });
    expect(await setRule(90)).toEqual({ keptDays: 90, expired: 1 });
    const told = await retentionOf(old.id);
    expect(Date.parse(told?.deletedAfter ?? '') - Date.now()).toBeGreaterThan(13.9 * dayMs);
    expect(Date.parse((await retentionOf(young.id))?.deletedAfter ?? '')).toBeCloseTo(daysAgo(50 - 90).getTime(), -5);

    // It is past its time, but nobody knew: the first night tells, and not twice.
    await night();
    await night();
    expect(await isThere(old.id)).toBe(true);
    expect(await noticesOf(teacher)).toMatchObject([
      { title: '古老的榫卯课', resourceId: old.id, classSessionId: old.sessionId, read: false },
    ]);
    expect(await noticesOf(principal)).toEqual([]);

    await twoWeeksLater();
    await night();
    expect(await isThere(old.id)).toBe(false);
    expect(await isThere(young.id)).toBe(true);
    await eventually(async () => expect(await found()).toEqual([young.id]));
    expect(await eventsOf(old.id)).toEqual([[null, 'resource.deleted', { keptDays: 90 }]]);
    // Once more does nothing more.
    await night();
    expect(await eventsOf(old.id)).toHaveLength(1);

    const { rows: jobs } = await sql`
      select from jobs.job where name = 'resource.remove' and data ->> 'resourceId' = ${old.id}`.execute(world.db);
    expect(jobs).toHaveLength(1);
    await world.services.resources.remove(old.id);
    await world.services.files.sweep(new Date(Date.now() + 15 * dayMs));
    const left = async () => {
      const keys: string[] = [];
      for await (const { key } of world.storage.list(`recordings/${old.recordingId}/`)) keys.push(key);
      return keys;
    };
    await eventually(async () => expect(await left()).toEqual([]));
    expect(await usedBytes()).toBe(before + young.bytes);
  });

  it('of an owner who has left is announced to the principals', async () => {
    const leaver = world.accounts['second-teacher-lead'] ?? '';
    const recording = await addRecording('离职教师的课', 200, 'second-teacher-lead');
    await world.db.updateTable('account').set({ disabled_at: new Date() }).where('id', '=', leaver).execute();
    await setRule(90);
    await night();
    expect(await noticesOf(principal)).toMatchObject([{ resourceId: recording.id }]);
    expect((await noticesOf(teacher)).map(({ classSessionId }) => classSessionId)).not.toContain(recording.sessionId);
    await exempt(recording.id, true, admin);
  });

  it('stays while it is being recorded or finished, and in another school', async () => {
    const other = await addRecording('东河的旧课', 1000, 'teacher-member');
    const states: RecordingState[] = ['armed', 'recording', 'interrupted', 'finishing', 'failed'];
    const made = [];
    for (const state of states) {
      const one = await addRecording(`还没做好的${state}`, 1000);
      await world.db.updateTable('recording').set({ state }).where('id', '=', one.recordingId).execute();
      made.push(one);
    }
    await setRule(30);
    await night();
    await twoWeeksLater();
    await night();
    for (const { id } of [other, ...made]) expect(await isThere(id)).toBe(true);
    expect(await retentionOf(made[0]?.id ?? '')).toBeNull();
    for (const { id } of made) await teacher.delete(`/api/resources/${id}`);
  });
});

describe('changes before the end', () => {
  it('an exemption keeps it; taken back, the two weeks begin anew', async () => {
    await setRule(90);
    const { id } = await addRecording('示范课', 100);
    await night();
    expect(await exempt(id, true)).toEqual({ keptForEver: true, keptDays: 90, deletedAfter: null });
    await exempt(id, true);
    await twoWeeksLater();
    await night();
    expect(await isThere(id)).toBe(true);

    const { deletedAfter } = await exempt(id, false, admin);
    expect(Date.parse(deletedAfter ?? '') - Date.now()).toBeGreaterThan(13.9 * dayMs);
    await night();
    expect(await isThere(id)).toBe(true);
    await twoWeeksLater();
    await night();
    expect(await isThere(id)).toBe(false);
    expect(await eventsOf(id)).toEqual([
      ['teacher-lead', 'recording.kept', {}],
      ['admin-lead', 'recording.released', {}],
      [null, 'resource.deleted', { keptDays: 90 }],
    ]);
    expect(await outcome(teacher.put(`/api/resources/${id}/retention`, { keptForEver: true }))).toBe('404 not_found');
  });

  it('an exemption is for who may edit the resource, and for recordings', async () => {
    const { id } = await addRecording('别人的课', 1);
    const path = `/api/resources/${id}/retention`;
    const [member, outsider] = [await world.signIn('teacher', 'member'), await world.signIn('teacher', 'stranger')];
    expect(await outcome(member.put(path, { keptForEver: true }))).toBe('403 forbidden');
    expect(await outcome(principal.put(path, { keptForEver: true }))).toBe('403 forbidden');
    expect(await outcome(outsider.put(path, { keptForEver: true }))).toBe('404 not_found');
    expect(await retentionOf(id, principal)).toBeNull();
    const plain = { title: '教案', kind: 'class_recording', licence: 'cc_by', visibility: 'alliance', publish: true };
    const made = await json(resourceSchema, teacher.post('/api/resources', plain));
    expect(made.retention).toBeNull();
    const other = `/api/resources/${made.id}/retention`;
    expect(await outcome(teacher.put(other, { keptForEver: true }))).toBe('409 not_a_recording');
  });

  it('a rule that is taken back or made longer lets it live, and what was told is told again in time', async () => {
    await setRule(90);
    const { id } = await addRecording('改期限的课', 100);
    await night();
    await twoWeeksLater();
    await setRule(400);
    await night();
    expect(await isThere(id)).toBe(true);
    // The old notice is worth nothing under a new rule.
    await setRule(90);
    await night();
    expect(await isThere(id)).toBe(true);
    await twoWeeksLater();
    await setRule(null);
    await night();
    expect(await isThere(id)).toBe(true);
    await setRule(90);
    await night();
    await twoWeeksLater();
    await night();
    expect(await isThere(id)).toBe(false);
  });

  it('a kind that somebody gave it, or a withdrawal, does not hide it', async () => {
    await setRule(90);
    const { id } = await addRecording('改了类型的课', 100);
    const { revision } = await json(resourceSchema, teacher.get(`/api/resources/${id}`));
    await json(resourceSchema, teacher.patch(`/api/resources/${id}`, { revision, kind: 'micro_lesson' }));
    await teacher.delete(`/api/resources/${id}/publication`);
    expect((await retentionOf(id))?.deletedAfter).not.toBeNull();
    await night();
    await twoWeeksLater();
    await night();
    expect(await isThere(id)).toBe(false);
  });
});

describe('a night', () => {
  it('does so many at most, the oldest first, and the next goes on', async () => {
    await setRule(90);
    const made = [await addRecording('一', 130), await addRecording('二', 120), await addRecording('三', 110)];
    const there = async () => await Promise.all(made.map(({ id }) => isThere(id)));
    await night(2);
    await night(2);
    await twoWeeksLater();
    await night(2);
    expect(await there()).toEqual([false, false, true]);
    await night(2);
    expect(await there()).toEqual([false, false, false]);
  });

  it('goes on behind a recording that cannot be deleted, and says so', async () => {
    const [stuck, next] = [await addRecording('删不掉的课', 120), await addRecording('后面的课', 110)];
    await night();
    await twoWeeksLater();
    const { notices, resources } = world.services;
    const run = createRecordingExpiry({
      db: world.db,
      tell: notices.tellOfExpiry,
      async expire(tx, id, details) {
        if (id === stuck.id) throw new Error('no');
        await resources.expire(tx, id, details);
      },
    });
    const context = { jobId: 'night', attempt: 1, lastAttempt: false, signal: new AbortController().signal, log };
    await expect(run({}, context)).rejects.toThrow(/Not told of or deleted/);
    expect([await isThere(stuck.id), await isThere(next.id)]).toEqual([true, false]);
    await night();
    expect(await isThere(stuck.id)).toBe(false);
  });

  it('that runs twice at once deletes each once', async () => {
    const made = [];
    for (let n = 0; n < 6; n++) made.push(await addRecording(`并行${n}`, 100 + n));
    await night();
    await twoWeeksLater();
    await Promise.all([night(), night()]);
    for (const { id } of made) {
      expect((await eventsOf(id)).map(([, action]) => action)).toEqual(['resource.deleted']);
    }
  });

  it('that is broken off leaves the rest to the next', async () => {
    const { id } = await addRecording('被打断的课', 100);
    await night();
    await twoWeeksLater();
    await expect(night(500, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect(await isThere(id)).toBe(true);
    await night();
    expect(await isThere(id)).toBe(false);
  });
});
