import { rename } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fileSchema, processFileJob } from '../../server/files/schema.ts';
import { MOST_REFUSALS, resumeScans } from '../../server/previews/jobs.ts';
import { openPreviewProcessor } from '../../server/previews/open-processor.ts';
import { clamdAddressSchema, createClamd } from '../../server/previews/virus-scan/clamd.ts';
import { ScannerAway, ScannerRefusal, VerdictPending } from '../../server/previews/virus-scan/scanner.ts';
import { type Clamd, eicar, eicarName, mostScanned, prepareClamd } from '../environment/clamd.ts';
import { createFilesWorld, type FilesWorld, log, sha256, upload } from './files-world.ts';
import { programs } from './sample-programs.ts';
import * as samples from './samples.ts';

let clamd: Clamd;
beforeAll(async () => {
  clamd = await prepareClamd();
  await clamd.start();
}, 60_000);
afterAll(() => clamd.close());

const pieces = (...all: Buffer[]) =>
  async function* (): AsyncIterable<Buffer> {
    for (const piece of all) yield piece;
  };
const soon = () => AbortSignal.timeout(20_000);
/** For what the queue does in its own time. */
const patience = { timeout: 15_000, interval: 100 };

describe('speaking to clamd', () => {
  it.each([0, 1] as const)('works by socket and by port', async (which) => {
    const scanner = createClamd({ address: clamd.addresses[which] });
    await scanner.ping();
    expect(await scanner.scan(pieces(Buffer.from('教案')), soon())).toEqual({ kind: 'clean' });
    expect(await scanner.scan(pieces(), soon())).toEqual({ kind: 'clean' });
    const halves = [eicar.subarray(0, 20), eicar.subarray(20)];
    expect(await scanner.scan(pieces(...halves), soon())).toEqual({ kind: 'infected', signature: eicarName });
    // What is larger than it takes is refused in the middle; each time it is told from being away.
    const large = Array.from({ length: 64 }, () => Buffer.alloc(256 * 1024));
    for (let n = 0; n < 20; n++) expect(await scanner.scan(pieces(...large), soon())).toEqual({ kind: 'oversized' });
    const justEnough = Array.from({ length: 4 }, () => Buffer.alloc(mostScanned / 4));
    expect(await scanner.scan(pieces(...justEnough), soon())).toEqual({ kind: 'clean' });
  });

  it('finds what lies in an archive', async () => {
    const scanner = createClamd({ address: clamd.addresses[0] });
    const archive = await samples.zip({ '第一单元/作业.txt': eicar.toString() });
    expect(archive.includes(eicar)).toBe(false);
    expect(await scanner.scan(pieces(archive), soon())).toEqual({ kind: 'infected', signature: eicarName });
  });

  describe('that is not well', () => {
    const servers: Server[] = [];
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });
    async function pretend(behave: (socket: Socket) => void): Promise<string> {
      const server = createServer((socket) => behave(socket.on('error', () => undefined)));
      servers.push(server.listen(0, '127.0.0.1'));
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    }

    it('is told from what it says', async () => {
      const nobody = createClamd({ address: 'unix:/nowhere/at/all' });
      await expect(nobody.ping()).rejects.toThrow(ScannerAway);
      const mute = createClamd({ address: await pretend(() => undefined), silentMs: 200 });
      await expect(mute.ping()).rejects.toThrow(ScannerAway);
      await expect(mute.scan(pieces(eicar), soon())).rejects.toThrow(ScannerAway);
      const rude = createClamd({ address: await pretend((socket) => void socket.destroy()) });
      await expect(rude.scan(pieces(eicar), soon())).rejects.toThrow(ScannerAway);
      const full = createClamd({
        address: await pretend((socket) => void socket.end("stream: Can't write to temporary file. ERROR\0")),
      });
      await expect(full.scan(pieces(eicar), soon())).rejects.toThrow(/temporary file/);
      await expect(full.scan(pieces(eicar), soon())).rejects.toThrow(ScannerRefusal);
      const chatty = createClamd({ address: await pretend((socket) => void socket.write('x'.repeat(10_000))) });
      await expect(chatty.ping()).rejects.toThrow(ScannerAway);
    });

    it('is not waited for by who does not wait', async () => {
      const mute = createClamd({ address: await pretend(() => undefined) });
      const leaving = new AbortController();
      const asked = mute.scan(pieces(eicar), leaving.signal);
      setTimeout(() => leaving.abort(new Error('enough')), 50);
      await expect(asked).rejects.toThrow('enough');
    });
  });

  it('knows an address when it sees one', () => {
    const isAddress = (text: string) => clamdAddressSchema.safeParse(text).success;
    for (const good of ['localhost:3310', '10.0.0.5:3310', '[fd00::5]:3310', 'unix:/run/clamav/clamd.ctl']) {
      expect([good, isAddress(good)]).toEqual([good, true]);
    }
    for (const bad of ['localhost', 'localhost:0', 'localhost:70000', 'unix:clamd.ctl', '/run/clamd.ctl', ':3310']) {
      expect([bad, isAddress(bad)]).toEqual([bad, false]);
    }
  });
});

describe('a file that is uploaded', () => {
  let world: FilesWorld;
  const changed: string[] = [];
  beforeAll(async () => {
    world = await createFilesWorld({
      scanned: true,
      processor: ({ db, storage, directory }) =>
        openPreviewProcessor({
          db,
          storage,
          directory,
          programs,
          log,
          scanner: createClamd({ address: clamd.addresses[0] }),
          onFileChanged: async (_, fileId) => void changed.push(fileId),
        }),
    });
  }, 60_000);
  afterAll(() => world.close());

  const fileOf = async (id: string, as = 'teacher') =>
    fileSchema.parse(await (await world.request(`/files/${id}`, { as })).json());
  const until = (id: string, holds: object) =>
    vi.waitFor(async () => expect(await fileOf(id)).toMatchObject(holds), { timeout: 30_000, interval: 100 });
  async function statusOf(path: string, as: string): Promise<number> {
    const response = await world.request(path, { as });
    await response.body?.cancel();
    return response.status;
  }

  it('is shown when nothing is found in it', { timeout: 60_000 }, async () => {
    const id = await upload(world, '练习.pdf', await samples.pdf(2));
    await until(id, { state: 'ready', scan: 'clean', scanSignature: null, pages: 2 });
    expect(await statusOf(`/files/${id}/content`, 'teacher')).toBe(200);
    expect(await statusOf(`/files/${id}/pages/1`, 'teacher')).toBe(200);
  });

  it('is kept from everybody when it is infected, and that is written down', { timeout: 60_000 }, async () => {
    const content = await samples.zip({ '课件.txt': eicar.toString() });
    const id = await upload(world, '课件.zip', content);
    await until(id, {
      state: 'failed',
      errorCode: 'file_infected',
      scan: 'infected',
      scanSignature: eicarName,
      pages: null,
    });
    expect(changed).toContain(id);
    // Whoever may see it learns that it is infected, only its owner and administrators by what.
    world.readers.slides.add(world.accounts.colleague.id);
    expect(await fileOf(id, 'colleague')).toMatchObject({ scan: 'infected', scanSignature: null });
    const paths = ['content', 'content?disposition=inline', 'pages', 'pages/1', 'pages/1/text', 'thumbnail', 'poster'];
    for (const path of [...paths, 'renditions', 'renditions/360p']) {
      for (const as of ['teacher', 'colleague']) {
        expect([path, await world.refusal(`/files/${id}/${path}`, { as })]).toEqual([path, '403 file_infected']);
      }
      expect([path, await world.refusal(`/files/${id}/${path}`, { as: 'stranger' })]).toEqual([path, '404 not_found']);
    }
    world.readers.slides.clear();
    expect(await world.files.readable(world.accounts.teacher, id)).toBeNull();
    const { rows } = await world.database.pool.query(
      "select subject_title, details, actor_id from audit_event where action = 'file.quarantined' and subject_id = $1",
      [id],
    );
    expect(rows).toEqual([{ subject_title: '课件.zip', details: { signature: eicarName }, actor_id: null }]);
    // The owner can take it away.
    expect((await world.request(`/files/${id}`, { method: 'DELETE' })).status).toBe(204);
  });

  it('is let through and marked when it is too large to be scanned', { timeout: 60_000 }, async () => {
    const id = await upload(world, '大.csv', Buffer.alloc(mostScanned + 1, 'a'));
    await until(id, { state: 'ready', scan: 'oversized', errorCode: null });
    expect(await statusOf(`/files/${id}/content`, 'teacher')).toBe(200);
  });

  it('waits while the scanner is away, and goes on by itself', { timeout: 90_000 }, async () => {
    await clamd.stop();
    const content = await samples.pdf(1);
    const id = await upload(world, '等一等.pdf', content);
    await until(id, { state: 'processing', scan: 'waiting', progress: { step: 'waiting_for_scan' } });
    world.readers.slides.add(world.accounts.colleague.id);
    for (const path of ['content', 'pages/1', 'thumbnail', 'renditions/360p']) {
      expect(await world.refusal(`/files/${id}/${path}`, { as: 'colleague' })).toBe('409 file_not_scanned');
    }
    // It is the owner's own.
    const own = await world.request(`/files/${id}/content`);
    expect(sha256(Buffer.from(await own.arrayBuffer()))).toBe(sha256(content));
    // Longer than the queue's own tries of a job would last.
    await sleep(4_000);
    expect(await fileOf(id)).toMatchObject({ state: 'processing', progress: { step: 'waiting_for_scan' } });
    await clamd.start();
    await until(id, { state: 'ready', scan: 'clean', pages: 1, progress: null });
    expect(await statusOf(`/files/${id}/content`, 'colleague')).toBe(200);
    world.readers.slides.clear();
  });

  it('goes on waiting where it cannot be fetched, at the last try too', { timeout: 60_000 }, async () => {
    await clamd.stop();
    const id = await upload(world, '存储断了.pdf', await samples.pdf(1));
    await until(id, { progress: { step: 'waiting_for_scan' } });
    const objects = join(world.folder, 'objects');
    await rename(objects, `${objects}-away`);
    try {
      await clamd.start();
      const processor = await openPreviewProcessor({
        db: world.db,
        storage: world.storage,
        directory: join(world.folder, 'tmp-last'),
        programs,
        log,
        scanner: createClamd({ address: clamd.addresses[0] }),
        onFileChanged: () => Promise.resolve(),
      });
      const last = { signal: AbortSignal.timeout(30_000), lastAttempt: true, log };
      await expect(processor.process(id, last)).rejects.toThrow(VerdictPending);
      expect(await fileOf(id)).toMatchObject({ state: 'processing', scan: 'waiting', errorCode: null });
      // What is lost does not come back, however often it is asked for: then an administrator has to look.
      await expect(processor.process(id, { ...last, lastRefusal: true })).rejects.toThrow(ScannerRefusal);
      expect(await fileOf(id)).toMatchObject({ state: 'failed', scan: 'waiting', errorCode: 'file_unscannable' });
    } finally {
      await rename(`${objects}-away`, objects);
    }
    await until(id, { state: 'ready', scan: 'clean', pages: 1 });
    expect(await world.jobs.dead.list()).toEqual([]);
  });

  it('is looked at after a start when its scan was given up, and once', { timeout: 60_000 }, async () => {
    const id = await upload(world, '旧版本留下的.pdf', await samples.pdf(1));
    await until(id, { state: 'ready', scan: 'clean' });
    const left = { scan: 'waiting', state: 'failed', error_code: 'preview_failed' } as const;
    await world.db.updateTable('file').set(left).where('id', '=', id).execute();
    await resumeScans(world.jobs, world.db);
    await until(id, { state: 'ready', scan: 'clean', errorCode: null, pages: 1 });

    await clamd.stop();
    const waiting = await upload(world, '等着.pdf', await samples.pdf(1));
    await until(waiting, { progress: { step: 'waiting_for_scan' } });
    await world.db.updateTable('file').set(left).where('id', '=', id).execute();
    await resumeScans(world.jobs, world.db);
    await until(id, { progress: { step: 'waiting_for_scan' } });
    await vi.waitFor(async () => {
      for (const fileId of [id, waiting]) {
        expect(await world.jobs.underWay(processFileJob, { fileId })).toHaveLength(1);
      }
    }, patience);
    await clamd.start();
    await until(id, { state: 'ready', scan: 'clean' });
    await until(waiting, { state: 'ready', scan: 'clean' });
  });

  it('is let in when it waited for a scanner that nobody has any more', { timeout: 60_000 }, async () => {
    const infected = await upload(world, '病毒.txt', eicar);
    await until(infected, { scan: 'infected' });
    await clamd.stop();
    const id = await upload(world, '没有查毒了.pdf', await samples.pdf(1));
    await until(id, { progress: { step: 'waiting_for_scan' } });
    const without = await openPreviewProcessor({
      db: world.db,
      storage: world.storage,
      directory: join(world.folder, 'tmp-without'),
      programs,
      log,
      onFileChanged: () => Promise.resolve(),
    });
    const context = { signal: AbortSignal.timeout(30_000), lastAttempt: false, log };
    await without.process(id, context);
    expect(await fileOf(id)).toMatchObject({ state: 'ready', scan: null, pages: 1 });
    await without.process(infected, context);
    expect(await world.refusal(`/files/${infected}/content`)).toBe('403 file_infected');
    await clamd.start();
  });
});

describe('a file of which the scanner cannot say anything', () => {
  let world: FilesWorld;
  let between: Server;
  let stumbles = true;
  beforeAll(async () => {
    // Between us and clamd: answers for it as it does when its memory does not suffice for a file.
    const [path] = clamd.addresses;
    between = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (first: Buffer) => {
        if (stumbles && first.toString('latin1').startsWith('zINSTREAM')) {
          socket.end("stream: Can't allocate memory ERROR\0");
          return;
        }
        const real = connect(path.slice('unix:'.length)).on('error', () => socket.destroy());
        real.write(first);
        socket.pipe(real).pipe(socket);
      });
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const at = between.address();
    const address = `127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
    world = await createFilesWorld({
      scanned: true,
      processor: ({ db, storage, directory }) =>
        openPreviewProcessor({
          db,
          storage,
          directory,
          programs,
          log,
          scanner: createClamd({ address }),
          onFileChanged: () => Promise.resolve(),
        }),
    });
  }, 60_000);
  afterAll(async () => {
    await world.close();
    between.close();
  });

  const until = (id: string, holds: object) =>
    vi.waitFor(
      async () => {
        const file = fileSchema.parse(await (await world.request(`/files/${id}`)).json());
        expect(file).toMatchObject(holds);
      },
      { timeout: 30_000, interval: 100 },
    );

  it('waits, then is an administrator’s business, and can be tried again', { timeout: 60_000 }, async () => {
    const id = await upload(world, '查不了.pdf', await samples.pdf(1));
    await until(id, { state: 'processing', scan: 'waiting', progress: { step: 'waiting_for_scan' } });
    await vi.waitFor(async () => {
      expect(await world.jobs.underWay(processFileJob, { fileId: id, refusals: 1 })).toHaveLength(1);
    }, patience);
    stumbles = false;
    await until(id, { state: 'ready', scan: 'clean' });

    stumbles = true;
    const left = { scan: 'waiting', state: 'uploaded' } as const;
    await world.db.updateTable('file').set(left).where('id', '=', id).execute();
    await world.jobs.send(world.db, processFileJob, { fileId: id, refusals: MOST_REFUSALS - 1 });
    await until(id, { state: 'failed', scan: 'waiting', errorCode: 'file_unscannable', progress: null });
    world.readers.slides.add(world.accounts.colleague.id);
    expect(await world.refusal(`/files/${id}/content`, { as: 'colleague' })).toBe('409 file_not_scanned');
    const dead = await vi.waitFor(async () => {
      const [job] = await world.jobs.dead.list();
      expect(job).toMatchObject({ name: 'file.process', tries: 1 });
      expect(job?.failure).toContain("Can't allocate memory");
      return job;
    }, patience);
    stumbles = false;
    expect(await world.jobs.dead.retry(dead?.id ?? '')).toBe(true);
    await until(id, { state: 'ready', scan: 'clean', errorCode: null, pages: 1 });
    const given = await world.request(`/files/${id}/content`, { as: 'colleague' });
    expect(given.status).toBe(200);
    await given.body?.cancel();
  });
});
