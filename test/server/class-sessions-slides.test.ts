import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClassSession, ClassSessionJoin, LessonSlides } from '../../server/class-sessions/schema.ts';
import { isNeededAsSlides, lockUnused } from '../../server/files/repository.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { enter, soon } from './classroom-entry.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let teacher: Browser;
let device: Awaited<ReturnType<LessonWorld['enrolDevice']>>;
beforeAll(async () => {
  world = await createLessonWorld();
  teacher = await world.signInAs('teacher-lead');
  device = await world.enrolDevice('member', '一年级教室');
});
afterAll(() => world.close());

/** As what the room's machine is. */
const room = () => ({
  ...({ kind: 'device', id: device.deviceId, roomId: device.roomId } as const),
  schoolId: world.schools.member,
  allianceIds: [world.alliances.ours],
});
const schedule = (more: object = {}) =>
  world.schedule(teacher, 5, { roomIds: [device.roomId], allowClash: true, ...more });
const start = (session: ClassSession) => teacher.post(`/api/class-sessions/${session.id}/start`);
const join = async (browser: Browser, { id }: ClassSession) =>
  (await (await browser.post(`/api/class-sessions/${id}/join`)).json()) as ClassSessionJoin;
const show = (session: ClassSession, slidesFileId: string | null, by = teacher) =>
  by.put(`/api/class-sessions/${session.id}/slides`, { slidesFileId });
const list = async (session: ClassSession) => {
  const answer = await teacher.get(`/api/class-sessions/${session.id}/slides`);
  return ((await answer.json()) as { items: LessonSlides[] }).items.map(({ fileId }) => fileId);
};
const changesOf = async ({ id }: ClassSession) =>
  await world.db
    .selectFrom('audit_event')
    .select('id')
    .where('subject_id', '=', id)
    .where('action', '=', 'class_session.changed')
    .execute();

describe('other slides in a lesson', () => {
  it('are seen by all, go on where they were left, and are there after a restart', async () => {
    const [planned, other] = [await world.addSlides('teacher-lead', 9), await world.addSlides('teacher-lead', 4)];
    const session = await schedule({ slidesFileId: planned });
    await start(session);
    const presenter = await enter(await join(teacher, session));
    const inRoom = await enter(await join(device.browser, session));
    const shownIn = () => inRoom.told.filter(({ method }) => method === 'slidesShown').map(({ data }) => data);
    expect((await presenter.call('turnSlide', { page: 7, fileId: planned })).ok).toBe(true);

    const observer = await world.signInAs('teacher-member');
    const reads = async (browser: Browser) => await outcome(browser.get(`/api/class-sessions/${session.id}/slides`));
    expect(await reads(observer)).toBe('200');
    const may = () => world.classSessions.mayReadAsSlides(room(), other);
    expect(await may(), 'not before they are shown').toBe(false);

    expect(await outcome(show(session, other))).toBe('200');
    expect(await may()).toBe(true);
    await soon(() => expect(shownIn()).toMatchObject([{ slides: { fileId: other, pages: 4 }, page: 1 }]));
    const late = await presenter.call('turnSlide', { page: 3, fileId: planned });
    expect(late, 'a turn that was meant for those before').toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect((await presenter.call('turnSlide', { page: 2, fileId: other })).ok).toBe(true);

    await show(session, planned);
    await soon(() => expect(shownIn()[1]).toMatchObject({ slides: { fileId: planned }, page: 7 }));
    await show(session, null);
    await soon(() => expect(shownIn()[2]).toMatchObject({ slides: null, page: 1 }));
    await show(session, other);
    await soon(() => expect(shownIn()[3]).toMatchObject({ slides: { fileId: other }, page: 2 }));
    expect(await list(session)).toEqual([planned, other]);
    expect(await changesOf(session), 'when others were brought, and not at each turn').toHaveLength(1);
    await soon(async () => {
      const turns = (await world.eventsOf(session.id)).filter(([kind]) => kind === 'slide');
      expect(turns.at(-1)).toEqual(['slide', { fileId: other, page: 2 }]);
    });

    await world.restartMediaNode();
    const back = await enter(await join(teacher, session));
    expect(back.answer).toMatchObject({ slides: { fileId: other, pages: 4 }, page: 2 });
  });

  it('are kept while the lesson needs them, and may be seen after it', async () => {
    const other = await world.addSlides('teacher-lead', 4);
    const session = await schedule();
    await start(session);
    expect(await outcome(show(session, other))).toBe('200');
    expect(await isNeededAsSlides(world.db, other)).toBe(true);
    const later = new Date(Date.now() + 60_000);
    const unused = async () => await world.db.transaction().execute((trx) => lockUnused(trx, later, 100));
    expect(await unused()).not.toContain(other);
    await teacher.post(`/api/class-sessions/${session.id}/end`);
    expect(await isNeededAsSlides(world.db, other)).toBe(false);
    expect(await unused()).not.toContain(other);
    expect(await world.classSessions.mayReadAsSlides(room(), other)).toBe(true);
    expect(await outcome(show(session, other))).toBe('409 session_already_over');
  });

  it('are the plan, before it has begun', async () => {
    const [planned, other] = [await world.addSlides('teacher-lead', 9), await world.addSlides('teacher-lead', 4)];
    const session = await schedule({ slidesFileId: planned });
    const waiting = await enter(await join(device.browser, session));
    expect(await outcome(show(session, other))).toBe('200');
    await soon(() => expect(waiting.told.at(-1)).toMatchObject({ data: { slides: { fileId: other }, page: 1 } }));
    expect(await list(session)).toEqual([other]);
    expect(await (await teacher.get(`/api/class-sessions/${session.id}`)).json()).toMatchObject({
      slides: { fileId: other },
    });
    expect(await world.classSessions.mayReadAsSlides(room(), planned)).toBe(false);
  });

  it('that were planned once are not those of the lesson after a restart; a page turned before it is', async () => {
    const [first, planned] = [await world.addSlides('teacher-lead', 9), await world.addSlides('teacher-lead', 4)];
    const session = await schedule({ slidesFileId: first });
    const before = await enter(await join(teacher, session));
    expect((await before.call('turnSlide', { page: 7 })).ok).toBe(true);
    await teacher.patch(`/api/class-sessions/${session.id}`, { slidesFileId: planned });
    await start(session);
    await world.restartMediaNode();
    const back = await enter(await join(teacher, session));
    expect(back.answer).toMatchObject({ slides: { fileId: planned }, page: 1 });

    const other = await schedule({ slidesFileId: planned });
    const early = await enter(await join(teacher, other));
    expect((await early.call('turnSlide', { page: 3 })).ok).toBe(true);
    await start(other);
    await world.restartMediaNode();
    expect((await enter(await join(teacher, other))).answer).toMatchObject({ slides: { fileId: planned }, page: 3 });
  });

  it('are opened by the presenter alone, who must be able to read them', async () => {
    const mine = await world.addSlides('teacher-lead', 2);
    const session = await schedule();
    await start(session);
    expect(await outcome(show(session, mine, await world.signInAs('operator-lead')))).toBe('403 forbidden');
    expect(await outcome(show(session, mine, await world.signInAs('teacher-stranger')))).toBe('404 not_found');
    expect(await outcome(show(session, mine, world.open()))).toBe('401 not_signed_in');
    expect(await outcome(show(session, await world.addSlides('teacher-member', 2)))).toBe('400 invalid_input');
    expect(await outcome(show(session, crypto.randomUUID()))).toBe('400 invalid_input');
    expect(await list(session)).toEqual([]);
  });

  it('are no more than anybody shows', async () => {
    const session = await schedule();
    await start(session);
    for (let number = 0; number < 50; number += 1) {
      expect(await outcome(show(session, await world.addSlides('teacher-lead', 1)))).toBe('200');
    }
    const [first] = await list(session);
    expect(await outcome(show(session, await world.addSlides('teacher-lead', 1)))).toBe('409 limit_reached');
    expect(await outcome(show(session, first ?? ''))).toBe('200');
  });
});
