import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { cephScript, makeRunFolder, removeRunFolder } from './folder.ts';
import './provided.ts';

const run = promisify(execFile);
const portsNeeded = 61;

/** A real S3 store (Ceph's gateway) for the projects that name this set-up. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await makeRunFolder();
  const accessKeyId = 'testaccesskey';
  const secretAccessKey = 'testsecretkey0123456789';
  try {
    const port = await freePorts();
    const { stdout } = await run(cephScript, ['start'], {
      timeout: 240_000,
      env: {
        ...process.env,
        FOLDER: join(folder, 's3'),
        PORT: String(port),
        PORTS: String(port + 1),
        ACCESS_KEY: accessKeyId,
        SECRET_KEY: secretAccessKey,
      },
    });
    project.provide('s3', { endpoint: stdout.trim(), accessKeyId, secretAccessKey });
  } catch (cause) {
    await removeRunFolder(folder);
    throw new Error('The S3 store of the tests did not start; `npm test` as root installs what it needs.', { cause });
  }
  return () => removeRunFolder(folder);
}

/** The first of a row of free ports, below those that the kernel gives out by itself. */
async function freePorts(): Promise<number> {
  for (let first = 20_000 + (process.pid % 100) * 100; first < 32_000; first += 100) {
    if (await isFree(first)) return first;
  }
  throw new Error(`no ${portsNeeded} free ports in a row`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (free) server.close();
  return free;
}
