import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEventLog } from '../../server/class-sessions/event-log.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';

let world: LessonWorld;
let id: string;
beforeAll(async () => {
  world = await createLessonWorld();
  ({ id } = await world.schedule(await world.signInAs('teacher-lead'), 0, { allowClash: true }));
});
afterAll(() => world.close());

const slide = (page: number) => ({ kind: 'slide', data: { fileId: null, page } }) as const;
const pages = async () => (await world.eventsOf(id)).map(([, data]) => (data as { page: number }).page);

describe('what happens in a lesson', () => {
  it('is written down once the database takes it, in order', async () => {
    const events = createEventLog(world.db);
    await sql`alter table class_event rename to class_event_away`.execute(world.db);
    const written = [1, 2, 3].map((page) => events.append(id, Date.now(), slide(page)));
    await sql`select pg_sleep(0.3)`.execute(world.db);
    await sql`alter table class_event_away rename to class_event`.execute(world.db);
    await Promise.all(written);
    expect(await pages()).toEqual([1, 2, 3]);
  });

  it('is not lost with what was told of a session that is gone', async () => {
    const events = createEventLog(world.db);
    const [first, gone, last] = [
      events.append(id, Date.now(), slide(4)),
      events.append(crypto.randomUUID(), Date.now(), slide(5)),
      events.append(id, Date.now(), slide(6)),
    ];
    await expect(gone).rejects.toThrow(/foreign key/);
    await Promise.all([first, last]);
    expect((await pages()).slice(-2)).toEqual([4, 6]);
  });
});
