import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Converter, type ConverterRun, createConverter } from '../../server/previews/converter.ts';
import { findSandbox, type Sandbox } from '../../server/previews/sandbox.ts';
import { openWorkspace } from '../../server/previews/workspace.ts';

const MiB = 1024 * 1024;

describe('a converter', () => {
  /** Made for this file alone; the only folder that is removed at its end. */
  let own: string;
  let folder: string;
  let sandbox: Sandbox;
  let convert: Converter;
  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'converter-'));
    await chmod(own, 0o711);
    folder = (await (await openWorkspace(own)).open()).path;
    expect(dirname(folder)).toBe(own);
    sandbox = await findSandbox();
    convert = createConverter(sandbox);
  });
  afterAll(() => rm(own, { recursive: true }));

  const shell = (script: string, run: Partial<ConverterRun> = {}) =>
    convert({
      program: 'sh',
      args: ['-c', script],
      folder,
      timeoutMs: 10_000,
      memoryBytes: 512 * MiB,
      fileBytes: 10 * MiB,
      signal: AbortSignal.timeout(20_000),
      ...run,
    });

  it('gives back what the program printed', async () => {
    expect(await shell('echo 同课; pwd')).toBe(`同课\n${folder}\n`);
  });

  it('knows nothing of our environment', async () => {
    const names = (await shell('env')).split('\n').map((line) => line.split('=')[0]);
    expect(names).toContain('HOME');
    const known = new Set(['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'PWD', '_', '']);
    expect(names.filter((name = '') => !known.has(name))).toEqual([]);
  });

  it('is nobody, and reads nothing that is ours', async () => {
    expect(process.getuid?.(), 'these tests run as root, as the installation by itself does').toBe(0);
    expect(await shell('id -u; id -g; id -G')).toBe('65534\n65534\n65534\n');
    const secret = join(own, 'secret');
    await writeFile(secret, 'secret', { mode: 0o600 });
    const reading = shell(`cat ${secret}`);
    await expect(reading).rejects.toMatchObject({ reason: 'failed', output: expect.stringMatching(/denied/) });
  });

  it('has no network', async () => {
    expect(sandbox.missing).toEqual([]);
    let reached = 0;
    const server = createServer(() => reached++);
    const { promise: listening, resolve } = Promise.withResolvers<void>();
    server.listen(0, '127.0.0.1', resolve);
    await listening;
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const asking = shell(`exec 3<>/dev/tcp/127.0.0.1/${port}`, { program: 'bash' });
    await expect(asking).rejects.toMatchObject({ reason: 'failed' });
    server.close();
    expect(reached).toBe(0);
  });

  it('is ended with all that it started when its time is over', async () => {
    const startedAt = performance.now();
    const run = shell('sleep 30 & echo $! > child; wait', { timeoutMs: 500 });
    await expect(run).rejects.toMatchObject({ reason: 'timeout' });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    await sleep(100);
    expect(await isRunning(Number(await readFile(join(folder, 'child'), 'utf8')))).toBe(false);
  });

  it('is ended when the job is', async () => {
    const abort = new AbortController();
    const run = shell('sleep 30', { signal: abort.signal });
    setTimeout(() => abort.abort(), 200);
    await expect(run).rejects.toThrow(/abort/i);
  });

  it('gets no more memory than it may', async () => {
    const greedy = ['-e', 'Buffer.alloc(3e9, 1)'];
    const run = { program: process.execPath, args: greedy, memoryBytes: 2000 * MiB };
    await expect(shell('', run)).rejects.toMatchObject({ reason: 'failed' });
  });

  it('writes no larger files than it may', async () => {
    await expect(shell('head -c 20000000 /dev/zero > large')).rejects.toMatchObject({ reason: 'failed' });
  });

  it('does not fill our memory with what it prints', async () => {
    expect(await shell('head -c 5000000 /dev/zero', { outputBytes: 1000 })).toHaveLength(1000);
  });

  it('says what went wrong', async () => {
    await expect(shell('echo it broke >&2; exit 3')).rejects.toMatchObject({ reason: 'failed', output: 'it broke\n' });
    await expect(shell('', { program: 'no-such-program' })).rejects.toMatchObject({ reason: 'missing' });
  });
});

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return '';
    throw error;
  });
  // A zombie has ended and waits for its parent.
  return status !== '' && !status.includes(') Z ');
}
