import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../infra/install/root.mjs';
import { openDataFolder } from '../../server/embedded/data-folder.ts';
import { readSecret } from '../../server/embedded/secrets.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Opens the folder in a process of its own, and kills that process with the lock in its hand. */
async function openAndDie(): Promise<void> {
  const module = join(root, 'server/embedded/data-folder.ts');
  const program = `const { openDataFolder } = await import(${JSON.stringify(module)});
    await openDataFolder(${JSON.stringify(folder)});
    process.kill(process.pid, 'SIGKILL');`;
  await expect(run(process.execPath, ['--input-type=module', '--eval', program])).rejects.toMatchObject({
    signal: 'SIGKILL',
  });
}

describe('the data folder', () => {
  it('refuses a second owner, naming the first', async () => {
    const first = await openDataFolder(join(folder, 'data'));
    await expect(openDataFolder(join(folder, 'data'))).rejects.toMatchObject({
      name: 'StartError',
      problem: expect.stringContaining(`pid ${process.pid}`),
    });
    first.release();
    (await openDataFolder(join(folder, 'data'))).release();
  });

  it('is free again after its owner was killed', async () => {
    await openAndDie();
    (await openDataFolder(folder)).release();
  });

  it('lets other users pass, but not look around, when it is new', async () => {
    const data = await openDataFolder(join(folder, 'data'));
    expect((await stat(data.path)).mode & 0o777).toBe(0o711);
    data.release();
  });

  it('says what to do when it cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openDataFolder(join(folder, 'file/data'))).rejects.toMatchObject({
      name: 'StartError',
      remedy: expect.stringContaining('DATA_DIR'),
    });
  });
});

describe('secrets', () => {
  it('are made once, long, and readable by the server alone', async () => {
    const [one, two] = await Promise.all([readSecret(folder, 'join-token'), readSecret(folder, 'join-token')]);
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(two).toBe(one);
    expect(await readSecret(folder, 'join-token')).toBe(one);
    expect(await readSecret(folder, 'other')).not.toBe(one);
    await writeFile(join(folder, 'secrets', 'other'), '');
    await expect(readSecret(folder, 'other')).rejects.toMatchObject({
      name: 'StartError',
      problem: expect.stringContaining(join('secrets', 'other')),
    });
    expect((await stat(join(folder, 'secrets/join-token'))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['join-token', 'other']);
  });
});
