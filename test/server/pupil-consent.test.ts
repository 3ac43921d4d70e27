import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEventPage } from '../../server/audit/schema.ts';
import { createSessionHooks } from '../../server/class-sessions/hooks.ts';
import { pupilConsentSchema } from '../../server/pupil-consent/schema.ts';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createWholeApplication, type WholeApplication } from './environment/whole-application.ts';

describe('what a school consents to', () => {
  let world: WholeApplication;
  let principal: Browser;
  let path: string;
  beforeAll(async () => {
    world = await createWholeApplication();
    principal = await world.signIn('principal');
    path = `/api/schools/${world.schools.lead}/pupil-consent`;
  }, 60_000);
  afterAll(() => world.close());
  const set = (browser: Browser, pupilsRecorded: unknown) =>
    browser.request(path, { method: 'PUT', json: { pupilsRecorded } });

  it('is nothing until its principal says otherwise, which is written down', async () => {
    const read = async () => pupilConsentSchema.parse(await (await principal.get(path)).json()).pupilsRecorded;
    expect(await read()).toBe('none');
    expect(await outcome(set(principal, 'voices_and_pictures'))).toBe('200');
    expect(await outcome(set(principal, 'voices_and_pictures'))).toBe('200');
    expect(await read()).toBe('voices_and_pictures');
    const admin = await world.signIn('admin');
    const events = await (await admin.get('/api/audit-events?action=pupil_consent.changed')).json();
    expect(auditEventPage.parse(events).items).toMatchObject([{ details: { pupilsRecorded: 'voices_and_pictures' } }]);
  });

  it('is one of three things', async () => {
    expect(await outcome(set(principal, 'pictures'))).toBe('400 invalid_input');
    expect(await outcome(set(principal, null))).toBe('400 invalid_input');
  });
});

describe('a lesson', () => {
  let world: LessonWorld;
  let teacher: Browser;
  beforeAll(async () => {
    world = await createLessonWorld();
    teacher = await world.signInAs('teacher-lead');
  });
  afterAll(() => world.close());

  it('keeps what was consented to when it began', async () => {
    const { db, schools } = world;
    const device = await world.enrolDevice('member', '一年级教室');
    const consent = (pupils_recorded: 'none' | 'voices' | 'voices_and_pictures') =>
      db.updateTable('school').set({ pupils_recorded }).where('id', '=', schools.member).execute();
    const options = { roomIds: [device.roomId], allowClash: true };
    const [first, second] = [await world.schedule(teacher, 5, options), await world.schedule(teacher, 5, options)];
    const hooks = createSessionHooks({ db, recordings: world.recordings, log: pino({ level: 'silent' }) });
    const recorded = async ({ id }: { id: string }) => (await hooks.describe(id))?.recordedFromRooms;
    const start = ({ id }: { id: string }) => outcome(teacher.post(`/api/class-sessions/${id}/start`));
    const { roomId } = device;

    await consent('voices_and_pictures');
    expect(await recorded(first)).toEqual([{ roomId, sources: ['microphone', 'camera'] }]);
    expect(await start(first)).toBe('200');
    await consent('none');
    expect(await recorded(first)).toEqual([{ roomId, sources: ['microphone', 'camera'] }]);
    // What has not begun goes by the new word.
    expect(await recorded(second)).toEqual([{ roomId, sources: [] }]);
    expect(await start(second)).toBe('200');
    await consent('voices');
    const shown = await (await teacher.get(`/api/class-sessions/${second.id}`)).json();
    expect(shown).toMatchObject({ rooms: [{ id: roomId, pupilsRecorded: 'none' }] });
    expect(await recorded(second)).toEqual([{ roomId, sources: [] }]);
    // A lesson that was on while this version was installed began without consent.
    await db
      .updateTable('class_session_room')
      .set({ pupils_recorded: null })
      .where('class_session_id', '=', first.id)
      .execute();
    expect(await recorded(first)).toEqual([{ roomId, sources: [] }]);
  });
});
