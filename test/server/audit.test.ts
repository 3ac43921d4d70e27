import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { z } from 'zod';
import { detailWords } from '../../server/audit/details.ts';
import { createExpiry } from '../../server/audit/jobs.ts';
import { type AuditEvent, auditEventPage } from '../../server/audit/schema.ts';
import { words } from '../../server/audit/words.ts';
import { actions } from '../../server/trail/actions.ts';
import { createSightings } from '../../server/trail/sightings.ts';
import { type Deed, recordEvent } from '../../server/trail/trail.ts';
import { messages as en } from '../../web/locales/en/index.ts';
import { messages as zh } from '../../web/locales/zh-CN/index.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

const log = pino({ level: 'silent' });

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const person = (login: string, schoolId: string | null): NonNullable<Deed['actor']> => ({
  kind: 'account',
  id: world.accounts[login] ?? expect.fail(`no ${login}`),
  schoolId,
  address: '198.51.100.9',
});
async function pageOf(browser: Browser, query = '') {
  const response = await browser.get(`/api/audit-events${query}`);
  expect(response.status).toBe(200);
  return auditEventPage.parse(await response.json());
}
const titles = (events: readonly AuditEvent[]) => events.map(({ subject }) => subject.title);

describe('the audit trail', () => {
  it('keeps what was written: nothing of it can be changed, taken out or emptied', async () => {
    const { db } = world;
    await recordEvent(db, 'synonyms.changed', { actor: null, id: null, title: '教案 = 教学设计' });
    const kept = /only ever added to/;
    await expect(sql`update audit_event set action = 'signed_in'`.execute(db)).rejects.toThrow(kept);
    await expect(sql`delete from audit_event`.execute(db)).rejects.toThrow(kept);
    await expect(sql`truncate audit_event`.execute(db)).rejects.toThrow(kept);
    const { rows } = await sql<{ title: string }>`
      select subject_title as title from audit_event where action = 'synonyms.changed'`.execute(db);
    expect(rows).toEqual([{ title: '教案 = 教学设计' }]);
  });

  it('has no event of a change that was rolled back', async () => {
    const { db, schools } = world;
    const failing = db.transaction().execute(async (trx) => {
      await recordEvent(trx, 'school.changed', { actor: null, id: schools.member, title: '没有发生' });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect((await pageOf(await world.signIn('admin'), '?subject=没有发生')).items).toEqual([]);
  });

  it('loses what has been kept long enough, and nothing younger', async () => {
    const { db } = world;
    const keptDays = 30;
    for (const [title, days] of [
      ['旧事', 31],
      ['新事', 29],
    ] as const) {
      await sql`insert into audit_event (at, action, subject_kind, subject_title)
        values (now() - make_interval(days => ${days}), 'school.changed', 'school', ${title})`.execute(db);
    }
    const context = { jobId: '', attempt: 1, lastAttempt: false, signal: AbortSignal.timeout(10_000), log };
    await createExpiry({ db, keptDays })({}, context);
    const admin = await world.signIn('admin');
    expect(titles((await pageOf(admin, '?subject=旧事')).items)).toEqual([]);
    expect(titles((await pageOf(admin, '?subject=新事')).items)).toEqual(['新事']);
    // Naming a moment does not open the rest.
    const greedy = db.transaction().execute(async (trx) => {
      await sql`select set_config('tongke.audit_expired_before', '2001-01-01', true)`.execute(trx);
      await sql`delete from audit_event`.execute(trx);
    });
    await expect(greedy).rejects.toThrow(/only ever added to/);
  });
});

/** Pauses that are as long by the date, and last about as long: a busy machine may make them longer, but no date later. */
function pausesOfFakeDate() {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  return (ms: number) => {
    vi.setSystemTime(Date.now() + ms);
    return new Promise((resolve) => setTimeout(resolve, ms));
  };
}

describe('sightings', () => {
  it('count once a sitting, here and in other processes, and are not lost at the end', async () => {
    const { db, schools } = world;
    const actor = person('teacher-member', schools.member);
    const seen = { actor, id: crypto.randomUUID(), title: '一次看完', schoolId: schools.lead };
    const here = createSightings({ db, log, writeAfterMs: 60_000 });
    const there = createSightings({ db, log, writeAfterMs: 60_000 });
    for (let n = 0; n < 5; n++) here.note('file.viewed', seen);
    here.note('file.downloaded', seen);
    await here.close();
    there.note('file.viewed', seen);
    there.note('file.viewed', { ...seen, actor: person('teacher-lead', schools.lead) });
    await there.close();
    const { items } = await pageOf(await world.signIn('admin'), '?subject=一次看完');
    expect(items.map(({ action, actor: who }) => `${action} by ${who?.name}`).sort()).toEqual([
      'file.downloaded by teacher-member',
      'file.viewed by teacher-lead',
      'file.viewed by teacher-member',
    ]);
  });

  it('go on as one while there is no long pause, and begin anew after one', async () => {
    const { db, schools } = world;
    const actor = person('teacher-member', schools.member);
    const seen = { actor, id: crypto.randomUUID(), title: '看了又看', schoolId: null };
    const pause = pausesOfFakeDate();
    const sightings = createSightings({ db, log, writeAfterMs: 5, sittingMs: 400 });
    // Together longer than a sitting's pause, and each pause shorter.
    for (let n = 0; n < 6; n++) {
      sightings.note('recording.viewed', seen);
      await pause(100);
    }
    await pause(500);
    sightings.note('recording.viewed', seen);
    await sightings.close();
    vi.useRealTimers();
    expect((await pageOf(await world.signIn('admin'), '?subject=看了又看')).items).toHaveLength(2);
  });

  it('of nobody known are told apart by where they come from, and do not last for ever', async () => {
    const { db, schools } = world;
    const tried = { actor: null, id: crypto.randomUUID(), title: '谁都想进来', schoolId: schools.lead };
    const pause = pausesOfFakeDate();
    const sightings = createSightings({ db, log, writeAfterMs: 5, sittingMs: 400 });
    sightings.note('sign_in_refused', { ...tried, address: '192.0.2.201' });
    sightings.note('sign_in_refused', { ...tried, address: '192.0.2.202' });
    sightings.note('sign_in_refused', { ...tried, address: '2001:db8::1', source: '2001:db8::/64' });
    // All the while without a pause.
    for (let n = 0; n < 7; n++) {
      sightings.note('sign_in_refused', { ...tried, address: '192.0.2.201' });
      sightings.note('sign_in_refused', { ...tried, address: `2001:db8::${n + 2}`, source: '2001:db8::/64' });
      await pause(100);
    }
    await sightings.close();
    vi.useRealTimers();
    const { items } = await pageOf(await world.signIn('admin'), '?subject=谁都想进来');
    const from = (start: string) => items.filter(({ ipAddress }) => ipAddress?.startsWith(start)).length;
    expect(from('192.0.2.202')).toBe(1);
    for (const many of ['192.0.2.201', '2001:db8::']) {
      // One each 400 ms of those that it took.
      expect(from(many)).toBeGreaterThanOrEqual(2);
      expect(from(many)).toBeLessThan(8);
    }
  });

  it('of what has a very long name keep none from being written', async () => {
    const { db, schools } = world;
    const actor = person('teacher-member', schools.member);
    const sightings = createSightings({ db, log, writeAfterMs: 60_000 });
    const see = (title: string) =>
      sightings.note('file.viewed', { actor, id: crypto.randomUUID(), title, schoolId: null });
    // As long as a file's name may be: 200 characters that take two places each, but for the first.
    see(`长${'𠮷'.repeat(199)}`);
    see('同时看的');
    await sightings.close();
    const admin = await world.signIn('admin');
    expect((await pageOf(admin, '?subject=同时看的')).items).toHaveLength(1);
    const [{ subject }] = (await pageOf(admin, `?subject=${encodeURIComponent('长𠮷')}`)).items as [AuditEvent];
    expect(subject.title).toBe(`长${'𠮷'.repeat(199)}`);
  });

  it('wait while the database does not take them, and come when it does', async () => {
    const { db } = world;
    const sightings = createSightings({ db, log, writeAfterMs: 5 });
    await sql`alter table audit_event rename to audit_event_away`.execute(db);
    const seen = { actor: person('teacher-lead', world.schools.lead), id: crypto.randomUUID(), schoolId: null };
    sightings.note('file.viewed', { ...seen, title: '数据库回来后' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await sql`alter table audit_event_away rename to audit_event`.execute(db);
    await sightings.close();
    expect((await pageOf(await world.signIn('admin'), '?subject=数据库回来后')).items).toHaveLength(1);
  });
});

describe('reading the trail', () => {
  beforeAll(async () => {
    const { db, schools } = world;
    const note = (title: string, actor: Deed['actor'], schoolId: string | null) =>
      recordEvent(db, 'resource.changed', { actor, id: crypto.randomUUID(), title: `读 ${title}`, schoolId });
    await note('本校的人改本校的', person('teacher-lead', schools.lead), schools.lead);
    await note('外校的人动本校的', person('teacher-member', schools.member), schools.lead);
    await note('本校的人动外校的', person('teacher-lead', schools.lead), schools.member);
    await note('两所外校之间的', person('teacher-member', schools.member), schools.stranger);
  });

  it('is for administrators, and for principals as far as their school is concerned', async () => {
    const all = ['两所外校之间的', '本校的人动外校的', '外校的人动本校的', '本校的人改本校的'].map(
      (title) => `读 ${title}`,
    );
    expect(titles((await pageOf(await world.signIn('admin'), '?subject=读')).items)).toEqual(all);
    const { items } = await pageOf(await world.signIn('principal'), '?subject=读');
    expect(titles(items)).toEqual(all.slice(1));
    // Whose school it is not is known by name, not by address.
    expect(items.map(({ ipAddress }) => ipAddress)).toEqual(['198.51.100.9', null, '198.51.100.9']);
    const { lead, member } = world.schools;
    const elsewhere = await pageOf(await world.signIn('principal', 'stranger'), `?subject=读&schoolId=${lead}`);
    expect(elsewhere.items).toEqual([]);
    const ofMember = await pageOf(await world.signIn('principal'), `?subject=读&schoolId=${member}`);
    expect(titles(ofMember.items)).toEqual(all.slice(1, 3));
    for (const role of ['teacher', 'operator', 'office'] as const) {
      const browser = await world.signIn(role);
      expect(await outcome(browser.get('/api/audit-events'))).toBe('403 forbidden');
      expect(await outcome(browser.get('/api/audit-events.csv'))).toBe('403 forbidden');
    }
  });

  it('goes from page to page without missing or repeating any', async () => {
    const { db } = world;
    for (let n = 0; n < 7; n++) {
      // Some in the same millisecond.
      await sql`insert into audit_event (at, action, subject_kind, subject_title)
        values ('2026-01-02T03:04:05Z', 'school.changed', 'school', ${`翻页 ${n}`})`.execute(db);
    }
    const admin = await world.signIn('admin');
    const found: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: z.output<typeof auditEventPage> = await pageOf(
        admin,
        `?subject=翻页&limit=3${cursor && `&cursor=${cursor}`}`,
      );
      found.push(...titles(page.items));
      cursor = page.nextCursor;
    }
    expect(found).toEqual([6, 5, 4, 3, 2, 1, 0].map((n) => `翻页 ${n}`));
    const forged = Buffer.from(JSON.stringify(['yesterday', '1; drop'])).toString('base64url');
    expect(await outcome(admin.get(`/api/audit-events?cursor=${forged}`))).toBe('400 invalid_input');
  });

  it('is narrowed by time, actor, action, subject and school', async () => {
    const admin = await world.signIn('admin');
    const { items } = await pageOf(admin, '?subject=读');
    const [event] = items;
    const at = event?.at ?? '';
    const count = async (query: string) => (await pageOf(admin, `?subject=读&${query}`)).items.length;
    expect(await count(`subjectId=${event?.subject.id}`)).toBe(1);
    expect(await count(`actorId=${world.accounts['teacher-lead']}`)).toBe(2);
    expect(await count('actor=TEACHER-mem')).toBe(2);
    expect(await count('actor=%25')).toBe(0);
    expect(await count('action=resource.changed')).toBe(4);
    expect(await count('action=resource.deleted')).toBe(0);
    expect(await count(`schoolId=${world.schools.stranger}`)).toBe(1);
    expect((await count(`from=${at}`)) + (await count(`to=${at}`))).toBe(4);
    expect(await outcome(admin.get('/api/audit-events?action=nothing'))).toBe('400 invalid_input');
  });
});

describe('the table for spreadsheets', () => {
  async function exported(browser: Browser, query: string) {
    const response = await browser.get(`/api/audit-events.csv${query}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const bytes = Buffer.from(await response.arrayBuffer());
    // The mark by which Excel knows UTF-8.
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    return bytes.toString('utf8').slice(1);
  }

  it('has Chinese words, times of the schools, and no cell that a spreadsheet runs', async () => {
    const { db } = world;
    const evil = ['=HYPERLINK("http://x","领奖")', '+1', '-2', '@SUM(A1)', '＝1+1', '\t=1', ' =1'];
    for (const title of evil) {
      await sql`insert into audit_event (at, action, subject_kind, subject_title, ip_address)
        values ('2026-03-01T16:00:00Z', 'resource.changed', 'resource', ${title}, '203.0.113.5')`.execute(db);
    }
    const admin = await world.signIn('admin');
    const table = await exported(admin, '?from=2026-03-01T16:00:00Z&to=2026-03-01T16:00:01Z');
    const [head, ...rows] = table.trimEnd().split('\r\n');
    expect(head).toBe(words['zh-CN'].headings.map((heading) => `"${heading}"`).join(','));
    expect(rows).toHaveLength(evil.length);
    for (const row of rows) expect(row).toMatch(/^"2026-03-02 00:00:00","修改资源","","","资源","'/);
    expect(table).toContain(`"'=HYPERLINK(""http://x"",""领奖"")"`);
    const english = await exported(admin, '?from=2026-03-01T16:00:00Z&to=2026-03-01T16:00:01Z&lang=en');
    expect(english).toContain('"Changed a resource"');
  });

  it('says the details in words, and leaves none out', async () => {
    const of = (action: string, details: Record<string, unknown>) =>
      (['zh-CN', 'en'] as const).map((language) => detailWords(language, { action, details }));
    expect(of('role.changed', { from: 'teacher', to: 'operator' })).toEqual(['教师 → 电教员', 'Teacher → Operator']);
    expect(of('visibility.changed', { from: 'school', to: 'alliance' })[0]).toBe('本校 → 教育共同体');
    expect(of('account.created', { login: 'wang', role: 'principal' })[0]).toBe('账号 wang; 校长');
    expect(of('account.changed', { fields: ['name', 'phone'] })).toEqual(['姓名、手机号', 'Name, Phone number']);
    expect(of('alliance.changed', { role: null })).toEqual(['移出', 'Removed']);
    expect(of('class_session.joined', { role: 'receiver' })[0]).toBe('听讲');
    expect(of('sign_in_refused', { reason: 'locked' })[0]).toBe('错误太多，已锁定');
    expect(of('quota.changed', { quotaBytes: null })[0]).toBe('不限');
    expect(of('retention.changed', { keptDays: null })).toEqual(['永久保存', 'Kept forever']);
    expect(of('resource.deleted', { keptDays: 90 })).toEqual(['保存期限 90 天', 'Kept for 90 days']);
    expect(of('file.uploaded', { bytes: 5_400 })).toEqual(['5400 字节', '5400 bytes']);
    expect(of('catalog.imported', { created: 2, updated: 0 })[0]).toBe('新增 2，更新 0');
    expect(of('job.retried', { job: 'file.process' })).toEqual(['生成文件预览', 'Create previews of a file']);
    expect(of('job.retried', { job: 'later.job' })[0]).toBe('job=later.job');
    expect(of('resource.created', { kind: 'lesson_plan', visibility: 'school' })[0]).toBe('教学设计; 本校');
    expect(of('alliance.created', { kind: 'mutual' })[0]).toBe('互促型');
    expect(of('audit.exported', { from: '2026-01-01', action: 'signed_in' })[0]).toBe(
      'from=2026-01-01; action=signed_in',
    );
    expect(of('file.viewed', { later: [1] })[0]).toBe('later=[1]');

    await recordEvent(world.db, 'resource.changed', {
      actor: null,
      id: null,
      title: '写成字',
      details: { revision: 7 },
    });
    expect(await exported(await world.signIn('admin'), '?subject=写成字')).toContain('"第 7 版"');
  });

  it('is whole, however long, and that it was taken is an event itself', async () => {
    const { db } = world;
    await sql`insert into audit_event (at, action, subject_kind, subject_title)
      select '2026-04-01T00:00:00Z', 'file.viewed', 'file', concat('很多 ', n) from generate_series(1, 2500) as n`.execute(
      db,
    );
    const principal = await world.signIn('principal');
    const admin = await world.signIn('admin');
    expect((await exported(admin, '?subject=很多')).trimEnd().split('\r\n')).toHaveLength(2501);
    expect((await exported(principal, '?subject=很多')).trimEnd().split('\r\n')).toHaveLength(1);
    const { items } = await pageOf(await world.signIn('principal'), '?action=audit.exported');
    expect(items.map(({ actor, details }) => [actor?.name, details])).toEqual([
      ['principal-lead', { subject: '很多' }],
    ]);
  });

  it('says what the pages say', () => {
    for (const [language, messages] of [
      ['zh-CN', zh],
      ['en', en],
    ] as const) {
      const pages = messages.admin.audit;
      const flat = (names: Record<string, string>) =>
        Object.fromEntries(Object.entries(names).map(([name, said]) => [name.replaceAll('.', '_'), said]));
      expect(pages.action).toEqual(flat(words[language].actions));
      expect(pages.kind).toEqual(words[language].kinds);
      const { details, roles, visibilities, resourceKinds, allianceKinds, jobs } = words[language];
      expect(details).toEqual(pages.detail);
      expect(jobs).toEqual(messages.admin.system.job);
      const { role, visibility, kind, allianceKind } = messages.words;
      expect({ roles, visibilities, resourceKinds, allianceKinds }).toEqual({
        roles: role,
        visibilities: visibility,
        resourceKinds: kind,
        allianceKinds: allianceKind,
      });
    }
    expect(Object.keys(words.en.actions)).toEqual(Object.keys(actions));
  });
});

describe('what an attacker leaves', () => {
  it('is a bounded number of rows, without what was typed', async () => {
    const guesser = world.open({ address: '192.0.2.66' });
    for (let n = 0; n < 14; n++) await guesser.post('/api/sign-in', { login: 'teacher-stranger', password: 'wrong' });
    await guesser.post('/api/sign-in', { login: 'My-Secret-Password', password: 'oops' });
    const { items } = await pageOf(await world.signIn('admin'), '?action=sign_in_refused');
    expect(items.filter(({ subject }) => subject.title === 'teacher-stranger')).toHaveLength(10);
    const [unknown] = items;
    expect(unknown).toMatchObject({
      actor: null,
      subject: { id: null, title: '' },
      details: { reason: 'unknown' },
      ipAddress: '192.0.2.66',
    });
    expect(JSON.stringify(items)).not.toContain('Secret');
  });
});
