import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { nodeBinary } from '../../../infra/install/node-binary.mjs';
import { readConnections } from '../../../server/connections.ts';
import { freePorts } from '../../media/environment/ports.ts';
import { openProductDatabase } from '../library/fill.ts';
import type { LibraryRecord } from '../library/records.ts';
import { say } from '../product.ts';

/** What a school would take from the shelf: a content system with uploads, rights and a search of its own. */
const version = '12.4.0';
const batch = 500;
const startWithinMs = 120_000;
const admin = { email: 'admin@example.com', password: 'a password of the bench' };

export interface Directus {
  address: string;
  /** Of the administrator. */
  token: string;
  stop(): Promise<void>;
}

async function succeed(child: ChildProcess, what: string): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${what} ended with ${code}.`);
}

async function passwordOf(dataDir: string): Promise<string> {
  const connections = await readConnections(dataDir);
  if (!connections) throw new Error('The server has left no connections.json.');
  return decodeURIComponent(new URL(connections.databaseUrl).password);
}

async function install(folder: string): Promise<void> {
  say(`  installing directus ${version}`);
  await writeFile(join(folder, 'package.json'), '{"name":"peer","private":true}');
  const args = ['install', '--save-exact', '--no-audit', '--no-fund', '--ignore-scripts', `directus@${version}`];
  await succeed(spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }), 'npm install');
  // Only its automations use it, and it would have to be compiled.
  await writeFile(join(folder, 'node_modules/isolated-vm/isolated-vm.js'), 'module.exports = { Isolate: class {} };\n');
}

async function call(address: string, token: string | null, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, 300)}`);
  return text === '' ? null : JSON.parse(text);
}

const field = (name: string, type: string) => ({ field: name, type, schema: {}, meta: {} });

/** The same facts of a record, as one would lay them out there. */
function itemOf({ title, description, kind, lesson, downloads }: LibraryRecord) {
  const { name, subject, edition, grade, volume, unit } = lesson;
  return { title, description, kind, lesson: name, subject, edition, grade, volume, unit, downloads };
}

/** Directus on the product's PostgreSQL, in a database of its own, holding these records. Leaves nothing. */
export async function launchDirectus(dataDir: string, records: readonly LibraryRecord[]): Promise<Directus> {
  const folder = await mkdtemp(join(tmpdir(), 'tongke-peer-'));
  let child: ChildProcess | undefined;
  async function stop(): Promise<void> {
    if (child?.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await install(folder);
    const database = await openProductDatabase(dataDir);
    await database.pool.query('create database directus');
    const { rows } = await database.pool.query<{ folder: string; port: string; user: string }>(
      `select current_setting('unix_socket_directories') as folder, current_setting('port') as port, current_user as user`,
    );
    await database.close();
    const [server] = rows;
    if (!server) throw new Error('The database does not say where it is.');
    const port = await freePorts(1);
    const env = {
      PATH: `${dirname(nodeBinary())}:${process.env.PATH}`,
      HOST: '127.0.0.1',
      PORT: String(port),
      DB_CLIENT: 'pg',
      DB_HOST: server.folder,
      DB_PORT: server.port,
      DB_USER: server.user,
      DB_PASSWORD: await passwordOf(dataDir),
      DB_DATABASE: 'directus',
      SECRET: 'a secret of the bench that is long enough',
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      TELEMETRY: 'false',
      LOG_LEVEL: 'error',
      RATE_LIMITER_ENABLED: 'false',
      STORAGE_LOCAL_ROOT: join(folder, 'uploads'),
    };
    const run = (command: string) =>
      spawn(nodeBinary(), ['node_modules/directus/cli.js', command], {
        cwd: folder,
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    await succeed(run('bootstrap'), 'directus bootstrap');
    child = run('start');
    const address = `http://127.0.0.1:${port}`;
    for (const deadline = Date.now() + startWithinMs; ; await sleep(250)) {
      const answered = await fetch(`${address}/server/ping`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (answered) break;
      if (Date.now() > deadline || child.exitCode !== null) throw new Error('directus did not start.');
    }
    const signedIn = z.object({ data: z.object({ access_token: z.string() }) });
    const login = async () => signedIn.parse(await call(address, null, '/auth/login', admin)).data.access_token;
    await call(address, await login(), '/collections', {
      collection: 'resources',
      schema: {},
      meta: {},
      fields: [
        { field: 'id', type: 'integer', schema: { is_primary_key: true, has_auto_increment: true }, meta: {} },
        field('title', 'string'),
        field('description', 'text'),
        ...['kind', 'lesson', 'subject', 'edition', 'grade', 'volume', 'unit'].map((name) => field(name, 'string')),
        field('downloads', 'integer'),
      ],
    });
    say(`  giving it ${records.length} records`);
    for (let start = 0; start < records.length; start += batch) {
      const items = records.slice(start, start + batch).map(itemOf);
      await call(address, await login(), '/items/resources?fields=id', items);
    }
    // Its tokens last a quarter of an hour.
    return { address, token: await login(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
