import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { z } from 'zod';
import { insertAccount } from '../../../server/accounts/repository.ts';
import type { Role } from '../../../server/http/route.ts';
import type { Browser } from '../environment/browser.ts';
import { createWholeApplication } from '../environment/whole-application.ts';
import { until } from '../library-world.ts';
import type { Caller, Facts, State, Target } from './table.ts';
import { states } from './table.ts';

const uploaded = { location: z.string() };
const made = z.object({ id: z.uuid() });
const [lasts, unknownId] = [40 * 60_000, '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21'];
const word = () => randomBytes(5).toString('hex');

/** A resource of the walk with a file that has everything a file can have. */
export interface Shared {
  resourceId: string;
  fileId: string;
  /** Of its captions. */
  trackId: string;
  nodeId: string;
}

/** The whole application with everyone who may come, and makers of everything that they may ask for. */
export async function createRightsWorld() {
  const world = await createWholeApplication();
  const { db, storage, accounts, schools, alliances } = world;
  const admin = await world.signIn('admin');
  const teacher = await world.signIn('teacher');
  const room = await world.enrolDevice('member');
  const facts: Facts = {
    school: schools.lead,
    alliance: alliances.ours,
    room: room.roomId,
    secondRoom: (await world.enrolDevice('member')).roomId,
    teacher: accounts['teacher-lead'] ?? '',
    word,
  };

  const { password_hash } = await db
    .selectFrom('credential')
    .select('password_hash')
    .where('account_id', '=', facts.teacher)
    .executeTakeFirstOrThrow();
  async function addAccount(role: Role, login: string, allianceId: string | null = null): Promise<string> {
    const schoolId = allianceId === null ? schools.lead : null;
    const passwordHash = password_hash ?? '';
    return await insertAccount(db, { name: login, login, phone: null, role, schoolId, allianceId, passwordHash });
  }
  await addAccount('office', 'office-other', alliances.other);
  const leaver = await addAccount('teacher', 'leaver-lead');

  const lessons = states.map((state) => `小学\t数学\t人教版\t\t一年级\t上册\t第一单元\t权限${state}`);
  const list = ['学段\t学科\t版本\t主编\t年级\t册次\t单元\t课', ...lessons].join('\n');
  const imported = await admin.post('/api/catalog/import', undefined, {
    body: list,
    headers: { 'content-type': 'text/tab-separated-values' },
  });
  if (!imported.ok) throw new Error(`no catalog: ${await imported.text()}`);
  const nodes = await db.selectFrom('catalog_node').select(['id', 'name']).where('level', '=', 'lesson').execute();
  const nodeOf = (state: State) => nodes.find(({ name }) => name === `权限${state}`)?.id ?? '';

  async function put(content: Buffer): Promise<{ object_key: string; bytes: number }> {
    const object_key = `files/${word()}${word()}`;
    await storage.put(object_key, Readable.from([content]), { bytes: content.length });
    return { object_key, bytes: content.length };
  }
  const image = await sharp({ create: { width: 32, height: 18, channels: 3, background: '#123456' } })
    .webp()
    .toBuffer();

  /** As a file is after all its processing. */
  async function addFile(): Promise<{ fileId: string; trackId: string }> {
    const { id: file_id } = await db
      .insertInto('file')
      .values({
        ...(await put(Buffer.from('a lesson'))),
        name: '课件.pdf',
        owner_id: facts.teacher,
        school_id: schools.lead,
        media_type: 'application/pdf',
        state: 'ready',
        pages: 1,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const picture = { file_id, number: 1, width: 32, height: 18, media_type: 'image/webp' };
    for (const kind of ['page', 'poster'] as const) {
      await db
        .insertInto('preview')
        .values({ ...picture, kind, ...(await put(image)) })
        .execute();
    }
    await db.insertInto('page_text').values({ file_id, number: 1, text: '这一页讲榫卯结构。' }).execute();
    await db
      .insertInto('page_words')
      .values({ file_id, number: 1, ...(await put(Buffer.from('{"lines":[]}'))) })
      .execute();
    const contents = { entries: [{ name: '榫卯.pdf', bytes: 1 }], total: 1, bytes: 1, encrypted: false };
    await db
      .insertInto('archive_contents')
      .values({ file_id, contents: JSON.stringify(contents) })
      .execute();
    const rendition = { file_id, name: '360p', media_type: 'video/mp4', width: 640, height: 360, bitrate: 1 } as const;
    await db
      .insertInto('rendition')
      .values({ ...rendition, ...(await put(Buffer.from('a video'))) })
      .execute();
    const sprite = { file_id, width: 32, height: 18, columns: 1, frames: 1, interval_ms: 1000 };
    await db
      .insertInto('scrub_sprite')
      .values({ ...sprite, ...(await put(image)) })
      .execute();
    await db.insertInto('waveform').values({ file_id, peaks: '[-1, 1]' }).execute();
    const track = { file_id, kind: 'captions', language: 'zh-CN', label: '中文', cues: '[]' } as const;
    const { id: trackId } = await db
      .insertInto('caption_track')
      .values(track)
      .returning('id')
      .executeTakeFirstOrThrow();
    return { fileId: file_id, trackId };
  }

  async function addSession(slides: string | null = null): Promise<string> {
    const response = await teacher.post('/api/class-sessions', {
      title: '分数的初步认识',
      allianceId: alliances.ours,
      roomIds: [room.roomId],
      scheduledStart: new Date().toISOString(),
      scheduledEnd: new Date(Date.now() + lasts).toISOString(),
      slidesFileId: slides,
      allowClash: true,
    });
    return made.parse(await response.json()).id;
  }
  async function addCancelledSession(slides: string | null = null): Promise<string> {
    const id = await addSession(slides);
    await expectOk(teacher.post(`/api/class-sessions/${id}/cancellation`, {}));
    return id;
  }

  async function share(state: State, title: string): Promise<Shared> {
    const [{ fileId, trackId }, nodeId] = [await addFile(), nodeOf(state)];
    if (state === 'loose') return { resourceId: unknownId, fileId, trackId, nodeId };
    const isVisibility = state === 'private' || state === 'school' || state === 'alliance';
    const response = await teacher.post('/api/resources', {
      title,
      kind: 'lesson_plan',
      nodeId,
      licence: 'cc_by',
      visibility: isVisibility ? state : state.startsWith('slides') ? 'private' : 'public',
      fileIds: [fileId],
      publish: state !== 'draft',
    });
    const { id: resourceId } = made.parse(await response.json());
    if (state === 'deleted') await expectOk(teacher.delete(`/api/resources/${resourceId}`));
    if (state === 'slides') await addSession(fileId);
    if (state === 'slidesOfCancelled') await addCancelledSession(fileId);
    return { resourceId, fileId, trackId, nodeId };
  }

  let years = 2100;
  const insertSchool = async () =>
    (await db.insertInto('school').values({ name: word() }).returning('id').executeTakeFirstOrThrow()).id;
  const insertRoom = async () => {
    const values = { school_id: schools.lead, name: word() };
    return (await db.insertInto('room').values(values).returning('id').executeTakeFirstOrThrow()).id;
  };
  const makers: Record<Target, () => Promise<string>> = {
    school: () => Promise.resolve(schools.lead),
    alliance: () => Promise.resolve(alliances.ours),
    async memberSchool() {
      const id = await insertSchool();
      const row = { alliance_id: alliances.ours, school_id: id, role: 'member' as const };
      await db.insertInto('alliance_school').values(row).execute();
      return id;
    },
    account: () => addAccount('teacher', `a${word()}`),
    principalAccount: () => addAccount('principal', `p${word()}`),
    room: insertRoom,
    deviceOfRoom: async () => (await world.enrolDevice('lead')).deviceId,
    node: () => Promise.resolve(nodeOf('public')),
    async synonym() {
      const row = { words: [word(), word()] };
      return (await db.insertInto('synonym_group').values(row).returning('id').executeTakeFirstOrThrow()).id;
    },
    session: () => addSession(),
    sessionRoom: () => Promise.resolve(room.roomId),
    cancelledSession: () => addCancelledSession(),
    async upload() {
      const headers = { 'tus-resumable': '1.0.0', 'upload-length': '10', 'upload-metadata': 'filename YS5wZGY=' };
      const response = await teacher.post('/api/uploads', undefined, { headers });
      return z.object(uploaded).parse(Object.fromEntries(response.headers)).location.split('/').at(-1) ?? '';
    },
    async userCode() {
      const response = await world.open().post('/api/device-authorizations', {});
      return z.object({ user_code: z.string() }).parse(await response.json()).user_code;
    },
    async term() {
      years += 1;
      const days = { first_day: `${years}-02-01`, last_day: `${years}-07-01` };
      const row = { alliance_id: alliances.ours, kind: 'spring' as const, name: `${years} 春`, ...days };
      return (
        await db
          .insertInto('term')
          .values({ ...row, days_off: '[]', make_up_days: '[]' })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    },
    async roomGroup() {
      const row = { alliance_id: alliances.ours, owner_id: facts.teacher, name: word() };
      return (await db.insertInto('room_group').values(row).returning('id').executeTakeFirstOrThrow()).id;
    },
    unknown: () => Promise.resolve(unknownId),
  };

  async function open(caller: Caller): Promise<Browser> {
    if (caller === 'nobody') return world.open();
    if (caller === 'device') return (await world.enrolDevice('lead')).browser;
    if (caller === 'memberDevice') return room.browser;
    if (caller === 'outsideDevice') return (await world.enrolDevice('stranger')).browser;
    if (caller === 'revokedDevice') {
      const { browser, deviceId } = await world.enrolDevice('lead');
      await expectOk(admin.delete(`/api/devices/${deviceId}`));
      return browser;
    }
    if (caller === 'disabled') {
      await expectOk(admin.patch(`/api/accounts/${leaver}`, { disabled: false }));
      const browser = await world.signInAs('leaver-lead');
      await expectOk(admin.patch(`/api/accounts/${leaver}`, { disabled: true }));
      return browser;
    }
    return await world.signInAs(logins[caller]);
  }

  return {
    ...world,
    facts,
    open,
    share,
    make: (target: Target) => makers[target](),
    /** Waits until nothing waits for the index. */
    carried: () =>
      until(async () => (await db.selectFrom('outbox').select('id').limit(1).executeTakeFirst()) === undefined),
  };
}

export type RightsWorld = Awaited<ReturnType<typeof createRightsWorld>>;

const logins = {
  teacher: 'teacher-lead',
  colleague: 'second-teacher-lead',
  operator: 'operator-lead',
  principal: 'principal-lead',
  office: 'office-lead',
  admin: 'admin-lead',
  member: 'teacher-member',
  memberOperator: 'operator-member',
  memberPrincipal: 'principal-member',
  outside: 'teacher-stranger',
  outsideOperator: 'operator-stranger',
  outsidePrincipal: 'principal-stranger',
  outsideOffice: 'office-other',
} as const;

async function expectOk(answer: Response | Promise<Response>): Promise<void> {
  const response = await answer;
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
