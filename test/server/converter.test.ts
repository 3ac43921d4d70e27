import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Converter, type ConverterRun, createConverter } from '../../server/sandbox/converter.ts';
import { findSandbox, type Sandbox } from '../../server/sandbox/sandbox.ts';
import { openWorkspace, type Workspace } from '../../server/sandbox/workspace.ts';

const MiB = 1024 * 1024;

describe('a converter', () => {
  /** Made for this file alone; the only folder that is removed at its end. */
  let own: string;
  let workspace: Workspace;
  let folder: string;
  let sandbox: Sandbox;
  let convert: Converter;
  beforeAll(async () => {
    own = await mkdtemp(join(tmpdir(), 'converter-'));
    await chmod(own, 0o711);
    workspace = await openWorkspace(own);
    folder = (await workspace.open()).path;
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
    const known = new Set(['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'MALLOC_ARENA_MAX', 'PWD', '_', '']);
    expect(names.filter((name = '') => !known.has(name))).toEqual([]);
  });

  it('is somebody else than the next job, and neither of them PostgreSQL', async () => {
    expect(process.getuid?.(), 'these tests run as root, as the installation by itself does').toBe(0);
    const [uid, gid, groups] = (await shell('id -u; id -g; id -G')).split('\n').map(Number);
    expect([gid, groups]).toEqual([uid, uid]);
    expect(uid).toBeGreaterThanOrEqual(61_000);
    expect(uid).toBeLessThan(61_128);
    const other = (await workspace.open()).path;
    const run = { folder: other };
    expect(Number(await shell('id -u', run))).not.toBe(uid);
    await expect(shell(`ls ${folder}`, run)).rejects.toMatchObject({ output: expect.stringMatching(/No such file/) });
  });

  it('sees the system, its own folder, and nothing else', async () => {
    const open = join(own, 'open-to-all');
    await writeFile(open, 'ours', { mode: 0o644 });
    await expect(shell(`cat ${open}`)).rejects.toMatchObject({ output: expect.stringMatching(/No such file/) });
    const seen = new Set((await shell('ls -A /')).trim().split('\n'));
    const expected = new Set('bin dev etc lib lib32 lib64 libx32 proc sbin tmp usr var'.split(' '));
    expect([...seen].filter((name) => !expected.has(name))).toEqual([]);
    expect(await shell('ls -A /tmp')).toBe(`${basename(own)}\n`);
    expect(await shell('ls -A /etc')).not.toMatch(/passwd|shadow|hosts/);
    for (const place of ['/usr/x', '/etc/x', '/x', '/dev/x']) {
      const writing = shell(`: > ${place}`);
      await expect(writing, place).rejects.toMatchObject({ output: expect.stringMatching(/denied|Read-only/) });
    }
  });

  it('works in a folder of any name', async () => {
    const odd = await openWorkspace(join(own, '学校 资料\\040 #1\t"$(id)"'));
    const one = await odd.open();
    expect(await shell('echo made > it && cat it && pwd', { folder: one.path })).toBe(`made\n${one.path}\n`);
    await one.close();
  });

  it('has no rights, and gets none', async () => {
    const status = await shell('cat /proc/self/status');
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toMatch(`${set}:\t${'0'.repeat(16)}`);
    expect(status).toMatch('NoNewPrivs:\t1');
    await expect(shell('mount -t tmpfs tmpfs /tmp')).rejects.toMatchObject({ reason: 'failed' });
  });

  it('knows of no process but its own, and can end none', async () => {
    const [mine] = (await shell('ls -d /proc/[0-9]* | wc -l')).trim().split('\n').map(Number);
    expect(mine).toBeLessThan(8);
    await expect(shell(`kill -0 ${process.pid}`)).rejects.toMatchObject({
      output: expect.stringMatching(/No such process/),
    });
  });

  it('starts no more processes than it may', { timeout: 30_000 }, async () => {
    const fork = 'for n in $(seq 100); do sleep 5 & done; echo all';
    await expect(shell(fork, { processes: 20 })).rejects.toMatchObject({ output: expect.stringMatching(/fork/i) });
    // What one job uses up is not missing to another.
    expect(await shell('for n in $(seq 10); do sleep 0.1 & done; wait; echo all', { processes: 20 })).toBe('all\n');
  });

  it('is the first to give its memory back', async () => {
    expect(await shell('cat /proc/self/oom_score_adj')).toBe('1000\n');
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
    const mark = `30.${process.pid}1`;
    const run = shell(`setsid sleep ${mark} & sleep ${mark}`, { timeoutMs: 5_000 });
    await vi.waitFor(async () => expect(await running(mark)).not.toEqual([]), { timeout: 4_000 });
    await expect(run).rejects.toMatchObject({ reason: 'timeout' });
    // As long after its time as ever.
    expect(performance.now() - startedAt).toBeLessThan(9_500);
    await sleep(100);
    expect(await running(mark)).toEqual([]);
  });

  it('is ended when the server was killed', async () => {
    const mark = `30.${process.pid}2`;
    const sandbox = join(import.meta.dirname, '../../server/sandbox');
    const script = `
      import { createConverter } from '${sandbox}/converter.ts';
      import { findSandbox } from '${sandbox}/sandbox.ts';
      await createConverter(await findSandbox())({ program: 'sh', args: ['-c', 'setsid sleep ${mark} & sleep ${mark}'],
        folder: '${folder}', timeoutMs: 60_000, memoryBytes: 1e9, fileBytes: 1e6, signal: new AbortController().signal });`;
    const server = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    await vi.waitFor(async () => expect((await running(mark)).length).toBeGreaterThan(1), { timeout: 10_000 });
    server.kill('SIGKILL');
    await vi.waitFor(async () => expect(await running(mark)).toEqual([]), { timeout: 5000 });
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

  it('gets no more of it by many processes either', async () => {
    // Without a line end, tail keeps all that it was given.
    const many = 'for n in 1 2 3 4; do (head -c 150M /dev/zero; sleep 8) | tail & done; wait';
    const run = { memoryBytes: 400 * MiB, timeoutMs: 10_000 };
    await expect(shell(many, run)).rejects.toMatchObject({ reason: 'memory' });
    await expect(shell('(head -c 150M /dev/zero; sleep 1) | tail -c 1', run)).resolves.toBe('\0');
  });

  it('writes no larger files than it may', async () => {
    await expect(shell('head -c 20000000 /dev/zero > large')).rejects.toMatchObject({ reason: 'failed' });
  });

  it('does not fill the disk with many files', { timeout: 30_000 }, async () => {
    const run = { fileBytes: 10 * MiB, folderBytes: 30 * MiB, timeoutMs: 20_000 };
    const script = 'n=0; while :; do n=$((n+1)); head -c 1000000 /dev/zero > "many-$n"; done';
    await expect(shell(script, run)).rejects.toMatchObject({ reason: 'room' });
    await expect(shell('rm many-*')).resolves.toBe('');
    const empty = 'mkdir -p deep; n=0; while :; do n=$((n+1)); : > "deep/$n"; done';
    await expect(shell(empty, run)).rejects.toMatchObject({ reason: 'room' });
    await expect(shell('rm -r deep')).resolves.toBe('');
  });

  it('leaves no link and no pipe for us to follow', async () => {
    await shell('mkdir out; ln -s /etc/shadow out/page.png; mkfifo out/pipe; ln -s / out/all; echo kept > out/plain');
    expect(await readdir(join(folder, 'out'))).toEqual(['plain']);
  });

  it('does not fill our memory with what it prints', async () => {
    expect(await shell('head -c 5000000 /dev/zero', { outputBytes: 1000 })).toHaveLength(1000);
  });

  it('says what went wrong', async () => {
    await expect(shell('echo it broke >&2; exit 3')).rejects.toMatchObject({ reason: 'failed', output: 'it broke\n' });
    await expect(shell('', { program: 'no-such-program' })).rejects.toMatchObject({ reason: 'missing' });
  });
});

/** Command lines of all processes of this machine that hold the mark. */
async function running(mark: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'stat,args', '--no-headers']);
  return stdout
    .split('\n')
    .filter((line) => line.includes(`sleep ${mark}`) && !line.startsWith('Z') && !line.includes('import {'));
}
