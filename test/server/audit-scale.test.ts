import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsQuery, type ListedEvents } from '../../server/audit/repository.ts';
import { createWorld, type World } from './environment/world.ts';

const many = 60_000;
let world: World;
let rare: string;
beforeAll(async () => {
  world = await createWorld();
  const { db, schools, accounts } = world;
  ({ id: rare } = await db.insertInto('school').values({ name: '山口小学' }).returning('id').executeTakeFirstOrThrow());
  await sql`insert into audit_event
      (at, action, actor_kind, actor_id, actor_school_id, subject_kind, subject_title, subject_school_id)
    select now() - make_interval(mins => n), 'file.viewed', 'account', ${accounts['teacher-lead']}::uuid,
      ${schools.lead}::uuid, 'file', concat('课件 ', n), ${schools.lead}::uuid from generate_series(1, ${many}) as n`.execute(
    db,
  );
  for (const days of [3, 900]) {
    await sql`insert into audit_event (at, action, subject_kind, subject_title, subject_school_id)
      values (now() - make_interval(days => ${days}), 'quota.changed', 'school', '山口小学', ${rare})`.execute(db);
  }
  await sql`analyze audit_event`.execute(db);
}, 120_000);
afterAll(() => world.close());

/** How many events were looked at to find a page of them, as the database itself counts. */
async function lookedAt(wanted: Partial<ListedEvents>): Promise<number> {
  const query = eventsQuery(world.db, { filter: {}, within: null, after: null, limit: 51, ...wanted });
  const lines = await query.explain<Record<string, string>>('text', sql`analyze, costs off, timing off`);
  const plan = lines.flatMap((line) => Object.values(line));
  expect(plan.join('\n')).toContain('audit_event');
  return plan.reduce((sum, line, index) => {
    const removed = Number(/Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? 0);
    const scanned = / on audit_event /.test(plan[index] ?? '') ? Number(/rows=([\d.]+)/.exec(line)?.[1] ?? 0) : 0;
    return sum + removed + scanned;
  }, 0);
}

describe('a page of a long trail', () => {
  it('is found without looking through all of it', async () => {
    const { lead } = world.schools;
    const from = new Date(Date.now() - 86_400_000).toISOString();
    const pages: Record<string, Partial<ListedEvents>> = {
      'the newest': {},
      'a rare action': { filter: { action: 'quota.changed' } },
      'a common action': { filter: { action: 'file.viewed' } },
      'a school of few events': { within: rare },
      'the school of nearly all': { within: lead },
      'one school to the principal of another': { within: lead, filter: { schoolId: rare } },
      'words in a period': { filter: { subject: '山口', from } },
      'words in a small school': { within: rare, filter: { subject: '山口' } },
    };
    for (const [name, wanted] of Object.entries(pages)) {
      expect([name, (await lookedAt(wanted)) < 5_000]).toEqual([name, true]);
    }
    // What the counting itself is worth: words without a period are looked for everywhere.
    expect(await lookedAt({ filter: { subject: '没有这个' } })).toBeGreaterThan(many / 4);
  });

  it('has an event of both sides of a school once, in its order', async () => {
    const events = await eventsQuery(world.db, {
      filter: {},
      within: world.schools.lead,
      after: null,
      limit: 40,
    }).execute();
    expect(events.map((event) => event.subject_title)).toEqual(Array.from({ length: 40 }, (_, n) => `课件 ${n + 1}`));
  });
});
