import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone, refuseWhenServed } from '../../infra/install/lock.mjs';
import { missingPackages } from '../../infra/install/packages.mjs';
import { root } from '../../infra/install/root.mjs';
import { workerPath } from '../../infra/install/worker.mjs';
import { edits } from '../../infra/worker/edits.mjs';
import { openDataFolder } from '../../server/embedded/data-folder.ts';

const run = promisify(execFile);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'install-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the media worker', () => {
  it('lies outside node_modules, under a name that changes with the recipe', async () => {
    expect(workerPath()).toMatch(/\.cache\/mediasoup-worker\/\d+\.\d+\.\d+-\w+-\w+-[0-9a-f]{12}\/mediasoup-worker$/);
  });

  it('has a recipe that fits the installed source', async () => {
    for (const { file, from } of edits) {
      const source = await readFile(join(root, 'node_modules/mediasoup/worker', file), 'utf8');
      expect(source.split(from), file).toHaveLength(2);
    }
  });
});

describe('system packages', () => {
  it('are missing when dpkg does not have them', () => {
    expect(missingPackages(['bash', 'no-such-package-of-debian'])).toEqual(['no-such-package-of-debian']);
  });
});

describe('run.mjs', () => {
  const started = async (program: string) => {
    const file = join(folder, 'program.ts');
    await writeFile(file, program);
    return spawn('node', [join(root, 'infra/run.mjs'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  };

  it('keeps the exit code', async () => {
    const child = await started('const code: number = 7; process.exit(code);');
    expect((await once(child, 'close'))[0]).toBe(7);
  });

  it('hands signals on', async () => {
    const child = await started(
      "process.once('SIGTERM', () => process.exit(5)); setInterval(() => undefined, 1000); console.log('ready');",
    );
    for await (const line of createInterface({ input: child.stdout })) {
      if (line === 'ready') break;
    }
    child.kill('SIGTERM');
    expect((await once(child, 'close'))[0]).toBe(5);
  });
});

describe('backup.sh', () => {
  const backup = (...args: string[]) => run(join(root, 'infra/backup.sh'), args);

  it('packs a data folder that is at rest', async () => {
    const data = await openDataFolder(join(folder, 'data'));
    await writeFile(join(data.path, 'file'), '教案');
    data.release();
    const target = join(folder, 'backup.tar.gz');
    await backup('folder', data.path, target);
    const { stdout } = await run('tar', ['-xzOf', target, './file']);
    expect(stdout).toBe('教案');
  });

  it('refuses one that is in use', async () => {
    const data = await openDataFolder(join(folder, 'busy'));
    const target = join(folder, 'busy.tar.gz');
    await expect(backup('folder', data.path, target)).rejects.toMatchObject({
      stderr: expect.stringContaining('still running'),
    });
    await expect(access(target, constants.F_OK)).rejects.toMatchObject({ code: 'ENOENT' });
    data.release();
  });

  it('refuses one whose database a killed server has left running', async () => {
    const data = await openDataFolder(join(folder, 'orphaned'));
    data.release();
    const inside = spawn('sleep', ['60'], { cwd: await mkdtemp(join(data.path, 'postgres-')) });
    try {
      await expect(backup('folder', data.path, join(folder, 'orphaned.tar.gz'))).rejects.toMatchObject({
        stderr: expect.stringContaining('a database is still running'),
      });
    } finally {
      inside.kill('SIGKILL');
    }
  });
});

describe('a start', () => {
  it('waits while another installs', async () => {
    const order: string[] = [];
    const first = alone(
      () => undefined,
      async () => {
        await delay(400);
        order.push('first');
      },
    );
    await delay(100);
    const said: string[] = [];
    const second = alone(
      (line) => said.push(line),
      async () => void order.push('second'),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(said).toHaveLength(1);
  });

  it('touches nothing while a server has the data folder', async () => {
    await refuseWhenServed(join(folder, 'never made'));
    const data = await openDataFolder(join(folder, 'served'));
    await expect(refuseWhenServed(data.path)).rejects.toThrow('A server is running');
    data.release();
    await refuseWhenServed(data.path);
  });
});
