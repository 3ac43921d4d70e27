import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClassSession } from '../../server/class-sessions/schema.ts';
import type { LessonNote } from '../../server/lesson-notes/schema.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
let session: ClassSession;
let observer: Browser;
let colleague: Browser;
let stranger: Browser;

beforeAll(async () => {
  world = await createLessonWorld();
  session = await world.schedule(await world.signInAs('teacher-lead'), 5);
  observer = await world.signInAs('teacher-member');
  colleague = await world.signInAs('second-teacher-lead');
  stranger = await world.signInAs('teacher-stranger');
});
afterAll(() => world.close());

const path = (note?: LessonNote) => `/api/class-sessions/${session.id}/notes${note ? `/${note.id}` : ''}`;
const write = async (browser: Browser, atMs: number, text: string) =>
  (await (await browser.post(path(), { atMs, text })).json()) as LessonNote;
const notesOf = async (browser: Browser) =>
  ((await (await browser.get(path())).json()) as { items: LessonNote[] }).items.map(({ atMs, text }) => [atMs, text]);
const change = (browser: Browser, note: LessonNote, text: string) => browser.patch(path(note), { text });
const remove = (browser: Browser, note: LessonNote) => browser.request(path(note), { method: 'DELETE' });

describe('notes of a lesson', () => {
  it('stand by their moments, and can be put in other words and removed', async () => {
    const late = await write(observer, 90_000, ' 小组讨论 ');
    const early = await write(observer, 12_000, '导入');
    expect(await notesOf(observer)).toEqual([
      [12_000, '导入'],
      [90_000, '小组讨论'],
    ]);
    expect((await change(observer, early, '导入：分月饼')).status).toBe(200);
    expect((await remove(observer, late)).status).toBe(204);
    expect(await outcome(remove(observer, late))).toBe('404 not_found');
    expect(await notesOf(observer)).toEqual([[12_000, '导入：分月饼']]);
  });

  it('are for their writer alone, whoever may see the lesson', async () => {
    const note = await write(observer, 1000, '自己的话');
    expect(await notesOf(colleague)).toEqual([]);
    expect(await outcome(change(colleague, note, '改别人的'))).toBe('404 not_found');
    expect(await outcome(remove(colleague, note))).toBe('404 not_found');
    expect(await outcome(stranger.get(path()))).toBe('404 not_found');
    expect(await outcome(stranger.post(path(), { atMs: 0, text: '外人' }))).toBe('404 not_found');
    expect(await outcome(world.open().get(path()))).toBe('401 not_signed_in');
    expect(await notesOf(observer)).toContainEqual([1000, '自己的话']);
  });

  it('are a thousand at most, also when several come at once', async () => {
    const { id: account_id } = await world.db
      .selectFrom('account')
      .select('id')
      .where('login', '=', 'second-teacher-lead')
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: 995 }, (_, at_ms) => ({
      ...{ class_session_id: session.id, account_id, at_ms, text: '记' },
    }));
    await world.db.insertInto('lesson_note').values(rows).execute();
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, atMs) => outcome(colleague.post(path(), { atMs, text: '再记' }))),
    );
    expect(outcomes.filter((one) => one === '409 limit_reached')).toHaveLength(7);
    expect(await notesOf(colleague)).toHaveLength(1000);
  });

  it.each([
    [{ atMs: -1, text: '早' }],
    [{ atMs: 1, text: '   ' }],
    [{ atMs: 1.5, text: '半' }],
    [{ atMs: 1, text: '一\u0000二' }],
    [{ atMs: 1, text: '长'.repeat(2001) }],
    [{ atMs: 25 * 60 * 60 * 1000, text: '太晚' }],
  ])('refuse %j', async (note) => {
    expect(await outcome(observer.post(path(), note))).toBe('400 invalid_input');
  });
});
