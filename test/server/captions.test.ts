import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Captions,
  captionListSchema,
  captionsSchema,
  cueSchema,
  LONGEST_CUE,
  MOST_CUES,
} from '../../server/captions/schema.ts';
import { readCaptions, writeWebVtt } from '../../server/captions/webvtt.ts';
import { AppError } from '../../server/errors.ts';
import { createFilesWorld, type FilesWorld, upload } from './files-world.ts';

const read = (text: string) => readCaptions(text);
function faultsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof AppError && error.code === 'captions_unreadable') {
      return (error.errors ?? []).map(({ path, message }) => `${path} ${message}`);
    }
    throw error;
  }
  return [];
}

describe('captions that are read', () => {
  it('are WebVTT with all that it may hold, of which times and words are kept', () => {
    const text = [
      '\ufeffWEBVTT 分数的初步认识',
      'Kind: captions',
      '',
      'NOTE 说明 --',
      '不是字幕',
      '',
      'STYLE',
      '::cue { background: url(https://evil.test/x.png); position: fixed }',
      '',
      'REGION',
      'id:fred',
      'width:40%',
      '',
      'first',
      '00:01.000 --> 00:02.500 line:0 position:20% region:fred',
      '<v.loud 王老师>把一个饼<b>平均</b>分成 <i.big>两份</i></v>',
      '',
      '01:00:00.000-->01:00:03.000',
      '3 &lt; 5 &amp;&amp; 7 > 2&nbsp;',
      '',
      '<00:00:05.000>',
      '00:00:04.000 --> 00:00:06.000',
      '<ruby>分<rt>fēn</rt></ruby>子<00:00:05.000><c.red>和</c>分母',
    ].join('\r\n');
    expect(read(text)).toEqual([
      { startMs: 1000, endMs: 2500, text: '王老师：把一个饼平均分成 两份' },
      { startMs: 4000, endMs: 6000, text: '分fēn子和分母' },
      { startMs: 3_600_000, endMs: 3_603_000, text: '3 < 5 && 7 > 2' },
    ]);
  });

  it('are SubRip as programs write it', () => {
    const text =
      '1\n00:00:01,5 --> 00:00:02,000  X1:1 X2:2\n{\\an8}<font color="red">你好</font>\n世界 &amp; 3 < 5\n\n\n2\n00:00:03,000 --> 00:00:04,000\n\n';
    expect(read(text)).toEqual([{ startMs: 1500, endMs: 2000, text: '你好\n世界 &amp; 3 < 5' }]);
  });

  it('are refused with the line of each fault', () => {
    const faulty = [
      'WEBVTT',
      '',
      '00:01.000 --> 00:00.500',
      '倒过来',
      '',
      '00:61.000 --> 00:02.000',
      '',
      'no time at all',
      '',
      '7',
      '00:03.000 -> 00:04.000',
      '',
      '00:03.000 --> 00:04',
      '短',
      '',
      '25:00:00.000 --> 25:00:01.000',
      '',
      '00:05.000 --> 00:06.000',
      '长'.repeat(LONGEST_CUE + 1),
    ].join('\n');
    expect(faultsOf(faulty)).toEqual([
      '3 end_before_start',
      '6 time_wrong',
      '8 time_missing',
      '10 time_missing',
      '13 time_wrong',
      '16 time_wrong',
      '19 text_too_long',
    ]);
    expect(faultsOf('hello')).toEqual(['1 time_missing']);
    expect(faultsOf('')).toEqual(['1 time_missing']);
    expect(read('WEBVTT')).toEqual([]);
    const one = (n: number) => `00:00:0${n % 9}.000 --> 00:00:09.500\n字\n`;
    const many = ['WEBVTT\n', ...Array.from({ length: MOST_CUES + 1 }, (_, n) => one(n))].join('\n');
    expect(faultsOf(many)).toEqual([`${3 + MOST_CUES * 3} too_many_cues`]);
  });

  it.each([
    'WEBVTT\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script><img src=x onerror=alert(1)>\n',
    'WEBVTT\n\n00:01.000 --> 00:02.000\n&lt;script&gt;alert(1)&lt;/script&gt; --&gt; 00:09.000\n',
    'WEBVTT\n\n00:01.000 --> 00:02.000\n<scr<b>ipt>alert(1)</scr</b>ipt>\n\nSTYLE\n::cue(b) { color: url(http://x.test) }\n',
    'WEBVTT\n\n00:01.000 --> 00:02.000 region:a\nREGION\nid:a\n<c.a.b onclick="x">文</c>\u2028\u0085\n',
    '1\n00:00:01,000 --> 00:00:02,000\nWEBVTT\n<a href="javascript:alert(1)">点</a>\r00:00:03,000 \u2192 x\n',
  ])('do no harm whatever they hold: %j', (hostile) => {
    const cues = read(hostile);
    const written = writeWebVtt(cues);
    expect(written.replaceAll(/^[\d:.]+ --> [\d:.]+$/gm, '')).not.toMatch(/[<>\u0085]/);
    expect(written).not.toMatch(/^(?:STYLE|region)/m);
    // One more turn changes nothing: what is written is what is read.
    expect(read(written)).toEqual(cues);
    expect(cues).toEqual(cues.map((cue) => cueSchema.parse(cue)));
  });
});

describe('captions of a file', () => {
  let world: FilesWorld;
  beforeAll(async () => {
    world = await createFilesWorld();
  });
  afterAll(() => world.close());

  async function film(mediaType = 'video/mp4'): Promise<string> {
    const id = await upload(world, '微课.mp4', Buffer.from('a film'));
    const values = { state: 'ready', media_type: mediaType, duration_ms: 60_000 } as const;
    await world.db.updateTable('file').set(values).where('id', '=', id).execute();
    return id;
  }
  const query = (named: Record<string, string> = {}) =>
    new URLSearchParams({ kind: 'captions', language: 'zh-CN', label: '中文', ...named });
  const add = (id: string, body: string | Buffer<ArrayBuffer>, named = {}, as = 'teacher') =>
    world.request(`/files/${id}/captions?${query(named)}`, {
      as,
      method: 'POST',
      headers: { 'content-type': 'text/vtt' },
      body,
    });
  const added = async (id: string, body = 'WEBVTT\n\n00:01.000 --> 00:02.000\n平均分\n'): Promise<Captions> => {
    const response = await add(id, body);
    expect(response.status).toBe(201);
    return captionsSchema.parse(await response.json());
  };
  const put = (id: string, track: Captions, change: object = {}, as = 'teacher') => {
    const { kind, language, label, cues, revision } = track;
    return world.request(`/files/${id}/captions/${track.id}`, {
      as,
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind, language, label, cues, revision, ...change }),
    });
  };
  const listOf = async (id: string, as = 'teacher') =>
    captionListSchema.parse(await (await world.request(`/files/${id}/captions`, { as })).json());
  const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;
  const words = async (id: string) =>
    (await world.db.selectFrom('page_text').select(['number', 'text']).where('file_id', '=', id).execute()).map(
      ({ number, text }) => `${number} ${text}`,
    );

  it('are added, read, played and found', async () => {
    const id = await film();
    const track = await added(id);
    expect(track).toMatchObject({
      language: 'zh-CN',
      revision: 1,
      cues: [{ startMs: 1000, endMs: 2000, text: '平均分' }],
    });
    const second = await add(id, '1\n00:00:01,000 --> 00:00:02,000\nEqual parts\n', {
      language: 'EN-us',
      kind: 'subtitles',
    });
    expect(captionsSchema.parse(await second.json())).toMatchObject({ language: 'en-US', kind: 'subtitles' });
    expect(await listOf(id)).toMatchObject({
      mayEdit: true,
      items: [{ id: track.id, cues: 1 }, { language: 'en-US' }],
    });
    const played = await world.request(`/files/${id}/captions/${track.id}/vtt`);
    expect(played.headers.get('content-type')).toBe('text/vtt; charset=utf-8');
    expect(played.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await played.text()).toBe('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n平均分\n');
    expect(await words(id)).toEqual(['0 平均分 Equal parts']);
    // Also after the file has been looked into once more.
    await world.db.deleteFrom('page_text').where('file_id', '=', id).execute();
    await world.db.transaction().execute((tx) => world.captions.keepWords(tx, id));
    expect(await words(id)).toEqual(['0 平均分 Equal parts']);
    expect((await world.request(`/files/${id}/captions/${track.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await words(id)).toEqual(['0 Equal parts']);
    expect(await world.refusal(`/files/${id}/captions/${track.id}`)).toBe('404 not_found');
  });

  it('are added in the encodings of Chinese Windows as well', async () => {
    const id = await film();
    const gb18030 = Buffer.from(
      '310d0a30303a30303a30312c303030202d2d3e2030303a30303a30322c3030300d0ac4e3bac30d0a',
      'hex',
    );
    const utf16 = Buffer.concat([
      Buffer.from([0xff, 0xfe]),
      Buffer.from('WEBVTT\n\n00:01.000 --> 00:02.000\n你好', 'utf16le'),
    ]);
    for (const content of [gb18030, utf16]) {
      const { cues } = captionsSchema.parse(await (await add(id, content)).json());
      expect(cues).toEqual([{ startMs: 1000, endMs: 2000, text: '你好' }]);
    }
    const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]);
    expect(await codeOf(await add(id, picture))).toBe('captions_unreadable');
  });

  it('are changed by one of two, and the other is told', async () => {
    const id = await film();
    const track = await added(id);
    const cues = [
      { startMs: 5000, endMs: 6000, text: ' 后 \n\n\u0007行 ' },
      { startMs: 0, endMs: 900, text: '先' },
    ];
    const [first, second] = await Promise.all([put(id, track, { cues }), put(id, track, { label: '别的' })]);
    expect([first.status, second.status].toSorted()).toEqual([200, 412]);
    const won = first.status === 200 ? first : second;
    expect(await codeOf(first.status === 200 ? second : first)).toBe('revision_outdated');
    const now = captionsSchema.parse(await won.json());
    expect(now.revision).toBe(2);
    const response = await put(id, now, { cues });
    expect(captionsSchema.parse(await response.json()).cues).toEqual([
      { startMs: 0, endMs: 900, text: '先' },
      { startMs: 5000, endMs: 6000, text: '后\n行' },
    ]);
    expect(await words(id)).toEqual(['0 先 后 行']);
  });

  it('leave a trace of every change, and none of a refused one', async () => {
    const id = await film();
    const track = await added(id);
    await put(id, track, { label: '改了名' });
    expect((await put(id, track, { label: '太晚了' })).status).toBe(412);
    await add(id, 'no captions at all');
    await world.request(`/files/${id}/captions/${track.id}`, { method: 'DELETE' });
    const { rows } = await world.database.pool.query(
      "select action, details, actor_id, subject_title from audit_event where subject_id = $1 and action like 'captions.%' order by id",
      [id],
    );
    const { name } = await world.db.selectFrom('file').select('name').where('id', '=', id).executeTakeFirstOrThrow();
    const by = { actor_id: world.accounts.teacher.id, subject_title: name };
    const of = { trackId: track.id };
    expect(rows).toEqual([
      { action: 'captions.created', details: { ...of, label: track.label, revision: 1 }, ...by },
      { action: 'captions.changed', details: { ...of, label: '改了名', revision: 2 }, ...by },
      { action: 'captions.deleted', details: { ...of, label: '改了名', revision: 2 }, ...by },
    ]);
  });

  it('are refused when they are wrong, too many or of the wrong file', async () => {
    const id = await film();
    const track = await added(id);
    const cue = { startMs: 0, endMs: 1000, text: '字' };
    for (const [wrong, path] of [
      [{ cues: [{ ...cue, endMs: 0 }] }, 'cues.0.endMs'],
      [{ cues: [cue, { ...cue, text: ' \n ' }] }, 'cues.1.text'],
      [{ cues: [{ ...cue, startMs: -1 }] }, 'cues.0.startMs'],
      [{ cues: Array.from({ length: MOST_CUES + 1 }, () => cue) }, 'cues'],
      [{ language: 'no language' }, 'language'],
      [{ kind: 'chapters' }, 'kind'],
      [{ label: ' ' }, 'label'],
    ] as const) {
      const response = await put(id, track, wrong);
      const { errors } = (await response.json()) as { errors: { path: string }[] };
      expect([response.status, errors[0]?.path]).toEqual([400, path]);
    }
    const unreadable = await add(id, 'WEBVTT\n\n00:02.000 --> 00:01.000\n字');
    expect(unreadable.status).toBe(422);
    expect(await unreadable.json()).toMatchObject({
      code: 'captions_unreadable',
      errors: [{ path: '3', message: 'end_before_start' }],
    });
    expect(await codeOf(await add(id, `WEBVTT\n\n${'字'.repeat(400_000)}`))).toBe('body_too_large');
    expect(await codeOf(await add(await film('application/pdf'), 'WEBVTT'))).toBe('type_not_allowed');
    for (let n = 1; n < 12; n++) await added(id, 'WEBVTT');
    expect(await codeOf(await add(id, 'WEBVTT'))).toBe('captions_full');
    expect(await world.refusal(`/files/${await film()}/captions/${track.id}`)).toBe('404 not_found');
  });

  it('are read by those who may see the file, and edited by those who may edit its resource', async () => {
    const id = await film();
    const track = await added(id);
    expect(await world.refusal(`/files/${id}/captions`, { as: 'colleague' })).toBe('404 not_found');
    world.readers.slides.add(world.accounts.colleague.id);
    expect(await listOf(id, 'colleague')).toMatchObject({ mayEdit: false, items: [{ id: track.id }] });
    expect((await put(id, track, {}, 'colleague')).status).toBe(403);
    expect((await add(id, 'WEBVTT', {}, 'colleague')).status).toBe(403);
    world.readers.slides.clear();

    const resource = await world.db
      .insertInto('resource')
      .values({
        title: '课',
        kind: 'micro_lesson',
        licence: 'cc_by',
        visibility: 'school',
        owner_id: world.accounts.colleague.id,
        school_id: world.accounts.teacher.schoolId ?? '',
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await world.db.updateTable('file').set({ resource_id: resource.id }).where('id', '=', id).execute();
    for (const name of ['teacher', 'colleague'] as const) world.readers.resource.add(world.accounts[name].id);
    world.readers.editing.add(world.accounts.colleague.id);
    expect((await put(id, track)).status).toBe(403);
    expect((await put(id, track, {}, 'colleague')).status).toBe(200);
    const told = await world.db.selectFrom('outbox').select('entity_id').where('entity_id', '=', resource.id).execute();
    expect(told).toHaveLength(1);
  });
});
