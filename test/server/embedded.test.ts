import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Meilisearch } from 'meilisearch';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { root } from '../../infra/install/root.mjs';
import { launchMeilisearch } from '../../server/embedded/meilisearch.ts';
import { processesIn } from '../../server/embedded/orphans.ts';
import { launchPostgres } from '../../server/embedded/postgres.ts';
import { silent } from '../environment/quiet.ts';

const programs = join(root, '.cache/programs');
const hostSays = z.object({ postgres: z.string(), meilisearch: z.object({ url: z.string(), key: z.string() }) });

// Each test makes a database cluster of its own, which a busy disk takes its time for.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let parent: string;
let dataDir: string;
let hosts: ChildProcess[];

beforeEach(async () => {
  // A folder that only its owner may enter, and a path longer than a Unix socket's may be.
  parent = await mkdtemp('/tmp/embedded-');
  dataDir = join(parent, 'deep'.repeat(30));
  await mkdir(dataDir, { recursive: true });
  hosts = [];
});
afterEach(async () => {
  for (const host of hosts) {
    if (host.exitCode === null && host.signalCode === null) {
      host.kill('SIGTERM');
      await once(host, 'close');
    }
  }
  expect(await running()).toEqual([]);
  await rm(parent, { recursive: true });
});

/** Process ids of the services of this test's data folder. */
async function running(): Promise<number[]> {
  const services = [
    { folder: join(dataDir, 'postgres/data'), program: 'postgres' },
    { folder: join(dataDir, 'meilisearch'), program: 'meilisearch' },
  ];
  const made = services.filter(({ folder }) => existsSync(folder));
  return (await Promise.all(made.map(({ folder, program }) => processesIn(folder, program)))).flat();
}

async function startHost() {
  const program = join(root, 'test/environment/embedded-host.ts');
  const host = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  hosts.push(host);
  for await (const line of createInterface({ input: host.stdout })) {
    return { host, ...hostSays.parse(JSON.parse(line)) };
  }
  throw new Error('the host ended without a word');
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('after the server was killed', () => {
  it('ends the orphans, starts again and finds everything that was acknowledged', async () => {
    const first = await startHost();
    await query(first.postgres, 'create table kept as select 1 as n');
    const index = new Meilisearch({ host: first.meilisearch.url, apiKey: first.meilisearch.key }).index('kept');
    await index.addDocuments([{ id: 1, title: '分数的初步认识' }]).waitTask();
    first.host.kill('SIGKILL');
    await once(first.host, 'close');
    expect((await running()).length).toBeGreaterThan(1);

    const second = await startHost();
    await query(second.postgres, 'insert into kept values (2)');
    expect(await query(second.postgres, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }]);
    const again = new Meilisearch({ host: second.meilisearch.url, apiKey: second.meilisearch.key }).index('kept');
    expect((await again.search('分数')).hits).toHaveLength(1);
  });
});

describe('PostgreSQL', () => {
  it('starts although the number of its former process is another program’s now', async () => {
    const first = await startHost();
    await query(first.postgres, 'create table kept as select 1 as n');
    first.host.kill('SIGTERM');
    await once(first.host, 'close');
    // As after a power cut: the file is left, and the number has been given out again.
    // PostgreSQL asks whether the number is alive, which it may only of its own user's.
    const asRoot = process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--clear-groups', '--'] : [];
    const [command = 'sleep', ...args] = [...asRoot, 'sleep', '300'];
    const held = spawn(command, args);
    try {
      const file = join(dataDir, 'postgres/data/postmaster.pid');
      await writeFile(file, `${held.pid}\n/elsewhere\n1\n5432\n/tmp\n\n  1 1\n`);
      const second = await startHost();
      expect(await query(second.postgres, 'select n from kept')).toEqual([{ n: 1 }]);
    } finally {
      held.kill('SIGKILL');
    }
  });

  it('speaks UTF-8 on its socket, to its password only', async () => {
    const postgres = await launchPostgres({ dataDir, log: silent });
    try {
      expect(await query(postgres.url, 'select current_database() as name')).toEqual([{ name: 'tongke' }]);
      const settings = await query(
        postgres.url,
        "select name, setting from pg_settings where name = 'listen_addresses'",
      );
      expect(settings).toEqual([{ name: 'listen_addresses', setting: '' }]);
      const text = await query(postgres.url, "select upper('é') as up, length('分数') as length");
      expect(text).toEqual([{ up: 'É', length: 2 }]);
      const wrong = postgres.url.replace(/:[^:@]+@/, ':wrong@');
      await expect(query(wrong, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    } finally {
      await postgres.stop();
    }
  });

  it('comes back by itself when it dies', async () => {
    const postgres = await launchPostgres({ dataDir, log: silent });
    try {
      for (const pid of await processesIn(join(dataDir, 'postgres/data'), 'postgres')) process.kill(pid, 'SIGKILL');
      await expect
        .poll(() => query(postgres.url, 'select 1 as one').catch(() => undefined), { timeout: 10_000 })
        .toEqual([{ one: 1 }]);
    } finally {
      await postgres.stop();
    }
  });

  it('names the file to bring back when its password is lost', async () => {
    await (await launchPostgres({ dataDir, log: silent })).stop();
    await rm(join(dataDir, 'secrets/postgres'));
    await expect(launchPostgres({ dataDir, log: silent })).rejects.toMatchObject({
      name: 'StartError',
      remedy: expect.stringContaining('secrets/postgres'),
    });
  });

  it('gives up at once when the start is aborted', async () => {
    const signal = AbortSignal.abort(new Error('told to stop'));
    await expect(launchPostgres({ dataDir, log: silent, signal })).rejects.toThrow('told to stop');
  });
});

describe('Meilisearch', () => {
  it('answers on loopback to its key only', async () => {
    const meilisearch = await launchMeilisearch({ dataDir, log: silent, programs });
    try {
      expect(new URL(meilisearch.url).hostname).toBe('127.0.0.1');
      const answer = (key: string) =>
        fetch(`${meilisearch.url}/indexes`, { headers: { authorization: `Bearer ${key}` } });
      expect((await answer(meilisearch.key)).status).toBe(200);
      expect((await answer('wrong')).status).toBe(403);
    } finally {
      await meilisearch.stop();
    }
  });
});
