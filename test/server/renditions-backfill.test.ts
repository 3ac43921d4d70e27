import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackfill } from '../../server/previews/renditions/jobs.ts';
import { openRenderer } from '../../server/previews/renditions/open-renderer.ts';
import { RENDER_VERSION } from '../../server/previews/renditions/renderer.ts';
import { findSandbox } from '../../server/sandbox/sandbox.ts';
import { createFilesWorld, type FilesWorld, upload } from './files-world.ts';

const run = promisify(execFile);
let world: FilesWorld;
beforeAll(async () => {
  const programs = { ffprobe: 'ffprobe', ffmpeg: 'ffmpeg' };
  world = await createFilesWorld({
    renderer: (given) => openRenderer({ ...given, sandbox: findSandbox(), programs }),
  });
});
afterAll(() => world.close());

describe('files of an older server', () => {
  it('get what they lack, one after the other; the others are left alone', { timeout: 120_000 }, async () => {
    const path = join(world.folder, 'old.mp4');
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=640x360:r=10:d=3', '-b:v', '1M', '-pix_fmt', 'yuv420p'];
    await run('ffmpeg', ['-v', 'error', ...picture, '-y', path]);
    const content = await readFile(path);
    const add = async (name: string, bytes: Uint8Array, more: { deleted_at?: Date } = {}) => {
      const id = await upload(world, name, bytes);
      const values = { state: 'ready', media_type: 'video/mp4', duration_ms: 3000, ...more } as const;
      await world.db.updateTable('file').set(values).where('id', '=', id).execute();
      return id;
    };
    const work = (file_id: string, state: 'working' | 'done' | 'failed', updated_at: Date, version = 0) =>
      world.db.insertInto('rendition_work').values({ file_id, state, updated_at, version }).execute();
    const [now, hourAgo] = [new Date(), new Date(Date.now() - 3_600_000)];

    const never = await add('从未.mp4', content);
    const older = await add('旧版.mp4', content);
    await work(older, 'done', hourAgo);
    const brokenOff = await add('中断.mp4', content);
    await work(brokenOff, 'working', hourAgo, RENDER_VERSION);
    const unreadable = await add('坏.mp4', content.subarray(0, 500));
    const complete = await add('完好.mp4', content);
    await work(complete, 'done', hourAgo, RENDER_VERSION);
    const underWay = await add('正在.mp4', content);
    await work(underWay, 'working', now);
    const hopeless = await add('读不了.mp4', content);
    await work(hopeless, 'failed', now, 0);
    const gone = await add('删了.mp4', content, { deleted_at: now });

    await startBackfill(world.jobs, world.db);
    // As two starts would, or two processes.
    await startBackfill(world.jobs, world.db);
    const states = async () => {
      const rows = await world.db.selectFrom('rendition_work').select(['file_id', 'state', 'version']).execute();
      return new Map(rows.map(({ file_id, state, version }) => [file_id, `${state} ${version}`]));
    };
    const expected = new Map([
      [never, `done ${RENDER_VERSION}`],
      [older, `done ${RENDER_VERSION}`],
      [brokenOff, `done ${RENDER_VERSION}`],
      [unreadable, `failed ${RENDER_VERSION}`],
      [complete, `done ${RENDER_VERSION}`],
      [underWay, 'working 0'],
      [hopeless, 'failed 0'],
    ]);
    await expect.poll(states, { timeout: 100_000, interval: 300 }).toEqual(expected);
    const sprites = await world.db.selectFrom('scrub_sprite').select('file_id').execute();
    expect(new Set(sprites.map(({ file_id }) => file_id))).toEqual(new Set([never, older, brokenOff]));
    expect((await states()).has(gone)).toBe(false);
    // Then it has come to its end.
    const waiting = async () => (await world.jobs.sizes()).find(({ name }) => name === 'media.backfill');
    await expect.poll(waiting, { timeout: 30_000 }).toMatchObject({ waiting: 0, running: 0 });
  });
});
