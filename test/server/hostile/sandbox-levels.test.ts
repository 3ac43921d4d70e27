import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exposuresOf } from '../../../server/probes.ts';
import { protections } from '../../../server/sandbox/sandbox.ts';
import { faultOf, sentenceOf } from '../../../server/system/faults.ts';

const run = promisify(execFile);
const top = join(import.meta.dirname, '../../..');
const NO_RIGHTS = '0000000000000000 1';
/** Of the many kinds of users that belong to nobody. */
const somebody = ['setpriv', '--reuid=60999', '--regid=60999', '--clear-groups', '--'];
/** As in a container of Docker with its defaults: root without the right to mount. */
const contained = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin', '--'];
/** An ordinary user on a machine that gives no namespaces to such. */
const confined = [
  ...['unshare', '--user', '--map-user=1000', '--map-group=1000', '--keep-caps', '--', 'sh', '-c'],
  'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all -- "$@"',
  'sh',
];

/** A copy that every user can reach, wherever the product lies. */
let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'sandbox-levels-'));
  await chmod(copy, 0o755);
  await cp(join(top, 'server/sandbox'), join(copy, 'server/sandbox'), { recursive: true });
  await mkdir(join(copy, 'test/server/hostile'), { recursive: true });
  await copyFile(join(import.meta.dirname, 'sandbox-report.ts'), join(copy, 'test/server/hostile/sandbox-report.ts'));
  await copyFile(process.execPath, join(copy, 'node'));
});
afterAll(() => rm(copy, { recursive: true }));

async function report(as: string[]): Promise<Record<string, unknown>> {
  const [command = '', ...args] = [...as, join(copy, 'node'), join(copy, 'test/server/hostile/sandbox-report.ts')];
  const { stdout } = await run(command, args, { timeout: 60_000, env: { PATH: process.env.PATH, TMPDIR: tmpdir() } });
  return JSON.parse(stdout) as Record<string, unknown>;
}

const walled = {
  missing: [],
  works: 'works',
  passwd: 'failed',
  rights: NO_RIGHTS,
  interfaces: '1',
  largeFile: 'failed',
  manyProcesses: 'failed',
  endless: 'timeout',
  stragglers: '',
};

it('tells the operator in words what is missing', () => {
  expect(exposuresOf([])).toEqual([]);
  const sentences = exposuresOf(protections).map(({ code }) => sentenceOf(faultOf(code, { part: 'converters' })));
  expect(new Set(sentences).size).toBe(protections.length);
  expect(sentences[1]).toBe('converters: a hostile document may reach the network');
});

it('gives every protection to root', { timeout: 60_000 }, async () => {
  expect(await report(['env'])).toEqual(walled);
});

it('gives every protection to an ordinary user who may have namespaces', { timeout: 60_000 }, async () => {
  expect(await report(somebody)).toEqual(walled);
});

it('says what a container does not let it do, and does the rest', { timeout: 60_000 }, async () => {
  const found = await report(contained);
  expect(found).toMatchObject({
    ...walled,
    missing: ['network', 'files'],
    passwd: 'read',
    interfaces: expect.any(String),
  });
});

it('says what an ordinary user without namespaces cannot do, and does the rest', { timeout: 60_000 }, async () => {
  const found = await report(confined);
  expect(found).toMatchObject({
    ...walled,
    missing: ['network', 'files', 'processes'],
    passwd: 'read',
    interfaces: expect.any(String),
    manyProcesses: 'all',
  });
});
