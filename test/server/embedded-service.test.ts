import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processesIn } from '../../server/embedded/orphans.ts';
import { type ServiceOptions, startService } from '../../server/embedded/service.ts';
import { silent } from '../environment/quiet.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A service that writes its process id into a file, which tells that it is ready. */
function options(program: string, changes: Partial<ServiceOptions> = {}): ServiceOptions {
  return {
    name: 'a service',
    command: 'bash',
    args: ['-c', program],
    cwd: folder,
    env: { PATH: process.env.PATH },
    probe: async () => {
      await readFile(join(folder, 'ready'));
    },
    readyMs: 10_000,
    stopSignal: 'SIGTERM',
    stopMs: 500,
    log: silent,
    ...changes,
  };
}
const running = () => processesIn(folder, 'bash');
const obedient = 'echo $$ > ready; while :; do read -t 1 <> <(:); done';

describe('a service', () => {
  it('is up when its probe says so, and gone after stop', async () => {
    const service = await startService(options(obedient));
    expect(await running()).not.toEqual([]);
    await service.stop();
    expect(await running()).toEqual([]);
    await service.stop();
  });

  it('is killed when it does not heed the request to stop', async () => {
    const service = await startService(options(`trap '' TERM; ${obedient}`));
    await service.stop();
    expect(await running()).toEqual([]);
  });

  it('says what it said when it does not come up', async () => {
    const start = startService(options('echo no room left >&2; exit 3'));
    await expect(start).rejects.toMatchObject({ name: 'StartError', remedy: expect.stringContaining('no room left') });
  });

  it('names a program that is missing', async () => {
    const start = startService(options('', { command: 'no-such-program' }));
    await expect(start).rejects.toMatchObject({ remedy: expect.stringContaining('ENOENT') });
  });

  it('is given up after its time, and ended', async () => {
    const start = startService(options('while :; do read -t 1 <> <(:); done', { readyMs: 300 }));
    await expect(start).rejects.toMatchObject({ name: 'StartError' });
    expect(await running()).toEqual([]);
  });

  it('comes back when it ended by itself', async () => {
    const service = await startService(options(obedient));
    const first = await readFile(join(folder, 'ready'), 'utf8');
    process.kill(Number(first), 'SIGKILL');
    await expect.poll(() => readFile(join(folder, 'ready'), 'utf8'), { timeout: 10_000 }).not.toBe(first);
    await service.stop();
    expect(await running()).toEqual([]);
  });

  it('leaves nothing when it is stopped while coming back', async () => {
    let up = true;
    let probed = 0;
    const probe = async () => {
      probed += 1;
      if (!up) throw new Error('not yet');
    };
    const service = await startService(options(obedient, { probe }));
    up = false;
    await expect.poll(() => readFile(join(folder, 'ready'), 'utf8')).toMatch(/\d\n/);
    process.kill(Number(await readFile(join(folder, 'ready'), 'utf8')), 'SIGKILL');
    const before = probed;
    await expect.poll(() => probed, { timeout: 10_000 }).toBeGreaterThan(before);
    up = true;
    await service.stop();
    expect(await running()).toEqual([]);
  });

  it('is not started at all when the start was called off', async () => {
    await writeFile(join(folder, 'ready'), '');
    await expect(startService(options(obedient), AbortSignal.abort(new Error('called off')))).rejects.toThrow(
      'called off',
    );
    expect(await running()).toEqual([]);
  });
});
