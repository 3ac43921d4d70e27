import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { createClient } from '../../infra/demo/client.ts';
import { classroomPath, closeCodes } from '../../media/protocol.ts';
import { makeRunFolder, removeRunFolder } from '../environment/folder.ts';
import { familyOf, isAlive, processesOn } from './environment/processes.ts';
import { launchServer, type Product, startProduct } from './environment/product.ts';

const admin = { name: '平台管理员', login: 'admin', password: '稻花香里说丰年 听取蛙声' };
const schoolList = z.object({ items: z.array(z.object({ name: z.string() })) });

let folder: string;
let product: Product;

beforeAll(async () => {
  folder = await makeRunFolder();
  product = await startProduct(folder);
  const client = createClient(product.address);
  await client.send('POST', '/setup', { token: product.setUpToken, ...admin }, z.unknown());
  await client.send('POST', '/schools', { name: '中心小学' }, z.unknown());
}, 120_000);

afterAll(() => removeRunFolder(folder));

async function schools(): Promise<string[]> {
  const client = createClient(product.address);
  await client.send('POST', '/sign-in', { login: admin.login, password: admin.password }, z.unknown());
  return (await client.get('/schools', schoolList)).items.map(({ name }) => name);
}

it('refuses a second start on the same data folder, says who has it, and leaves that one alone', async () => {
  const { child, output } = await launchServer(folder);
  const [code] = await once(child, 'close');
  expect(code).toBe(1);
  expect(output()).toContain(`Another process (pid ${product.pid}) is using the data folder`);
  expect(output()).toContain('DATA_DIR');
  expect(output()).not.toMatch(/\n\s+at /);
  expect(await schools()).toEqual(['中心小学']);
});

it('starts again after kill -9, by itself and with all data', async () => {
  const family = await familyOf(product.pid);
  await product.kill();
  product = await startProduct(folder);
  expect(product.setUpToken).toBeNull();
  expect(await schools()).toEqual(['中心小学']);
  const stray = (await processesOn(folder)).filter(({ pid }) => family.includes(pid));
  expect(stray, 'nothing of the killed server is left').toEqual([]);
});

it('ends in good order on SIGTERM and leaves no process behind', async () => {
  const family = await familyOf(product.pid);
  expect(family.length, 'server, PostgreSQL, Meilisearch and media worker').toBeGreaterThan(3);
  const sockets = [product.address, product.secureAddress].map(
    (address) => new WebSocket(`${address.replace('http', 'ws')}${classroomPath}`, { rejectUnauthorized: false }),
  );
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const closings = sockets.map((socket) => once(socket, 'close'));
  // A terminal that is closed, and npm that hands the same on: one request in two signals.
  process.kill(product.pid, 'SIGHUP');
  const { code, tookMs } = await product.stop();
  expect(code, product.output()).toBe(0);
  for (const [closeCode] of await Promise.all(closings)) expect(closeCode).toBe(closeCodes.goingAway);
  expect(tookMs).toBeLessThan(10_000);
  expect(family.filter(isAlive)).toEqual([]);
  expect(await processesOn(folder)).toEqual([]);
});

it('leaves nobody behind when it is stopped while it starts', async () => {
  const fresh = await makeRunFolder();
  try {
    const { child, output } = await launchServer(fresh);
    await expect.poll(() => processesOn(fresh), { timeout: 60_000 }).not.toEqual([]);
    child.kill('SIGTERM');
    const [code] = await once(child, 'close');
    expect(code, output()).toBe(0);
    expect(await processesOn(fresh)).toEqual([]);
  } finally {
    await removeRunFolder(fresh);
  }
});
