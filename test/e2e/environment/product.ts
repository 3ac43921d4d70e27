import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { bundledServer } from '../../../infra/install/build.mjs';
import { nodeBinary } from '../../../infra/install/node-binary.mjs';
import { root } from '../../../infra/install/root.mjs';
import { testWorkerBin } from '../../environment/services.ts';
import { freePorts } from '../../media/environment/ports.ts';

const runningFile = z.object({ address: z.string(), setUpToken: z.string().nullable(), pid: z.number() });
const readyWithinMs = 90_000;
/** What the product promises. */
const stopWithinMs = 10_000;
const retryMs = 50;

export interface Ending {
  code: number | null;
  /** From the signal to the end of the process. */
  tookMs: number;
}

/** The server as `npm start` runs it, with a PostgreSQL and a Meilisearch of its own. */
export interface Product {
  /** Such as `http://localhost:21000`. */
  address: string;
  /** The same server, encrypted with a certificate of its own authority. */
  secureAddress: string;
  dataDir: string;
  /** Null once there is an administrator. */
  setUpToken: string | null;
  pid: number;
  /** What it has written to the console. */
  output(): string;
  /** SIGTERM. @throws when it is still there after 10 s. */
  stop(): Promise<Ending>;
  /** SIGKILL, as a power cut would end it; what it had launched stays behind. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  /** The media worker's binary; the one of the test run unless given. */
  workerBin?: string;
  /** Further settings of the environment. */
  settings?: Record<string, string>;
}

export interface Launched {
  child: ChildProcess;
  output(): string;
  securePort: number;
}

/** Launches the server and leaves it to the caller to wait for it: for starts that are to fail. */
export async function launchServer(
  dataDir: string,
  { workerBin = testWorkerBin(), settings = {} }: LaunchOptions = {},
): Promise<Launched> {
  for (const built of [bundledServer, join(root, 'web/dist/index.html')]) {
    if (!existsSync(built)) throw new Error(`${built} is missing: \`npm test\` builds it.`);
  }
  const port = await freePorts(3);
  // The kernel ends the server when the test's process is gone, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', nodeBinary(), bundledServer], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NODE_COMPILE_CACHE: join(root, '.cache/node'),
      HOST: '127.0.0.1',
      PORT: String(port),
      TLS_PORT: String(port + 1),
      MEDIA_PORT: String(port + 2),
      MEDIA_WORKERS: '1',
      MEDIASOUP_WORKER_BIN: workerBin,
      DATA_DIR: dataDir,
      ...settings,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output, securePort: port + 1 };
}

/** Starts the product on a data folder and waits until it answers. */
export async function startProduct(dataDir: string, options?: LaunchOptions): Promise<Product> {
  // The file of a server that was killed must not be taken for this one's.
  await rm(join(dataDir, 'running.json'), { force: true });
  const { child, output, securePort } = await launchServer(dataDir, options);
  const ended = once(child, 'exit');
  const running = await whenReady(dataDir, child, output);

  async function end(signal: NodeJS.Signals): Promise<Ending> {
    const started = performance.now();
    child.kill(signal);
    const late = sleep(stopWithinMs, 'late' as const, { ref: false });
    if ((await Promise.race([ended, late])) === 'late') {
      child.kill('SIGKILL');
      throw new Error(`The server was still there ${stopWithinMs} ms after ${signal}.\n${output()}`);
    }
    return { code: child.exitCode, tookMs: performance.now() - started };
  }
  return {
    ...running,
    secureAddress: `https://localhost:${securePort}`,
    dataDir,
    output,
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
  };
}

async function whenReady(dataDir: string, child: ChildProcess, output: () => string) {
  const file = join(dataDir, 'running.json');
  const deadline = Date.now() + readyWithinMs;
  while (!existsSync(file)) {
    const over = child.exitCode !== null || child.signalCode !== null;
    if (over || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The server ${over ? 'ended' : 'did not become ready'}.\n${output()}`);
    }
    await sleep(retryMs);
  }
  return runningFile.parse(JSON.parse(await readFile(file, 'utf8')));
}
