import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clamdPath } from '../../infra/install/clamd.mjs';
import { createClamd } from '../../server/previews/virus-scan/clamd.ts';

/** The harmless file that every scanner finds (eicar.org), in two pieces, so that none finds it here. */
export const eicar = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
);
export const eicarName = 'Tongke.Test.Eicar.UNOFFICIAL';
/** What the scanner of the tests takes at most. */
export const mostScanned = 1024 * 1024;

/** A user who may nothing: clamd is not run as root. */
const NOBODY = 65_534;
const START_MS = 30_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export interface Clamd {
  /** On its socket, and on its port. */
  addresses: [unix: string, tcp: string];
  start(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** The real clamd with one signature of our own, in a folder of its own, as a user without rights. It is not started yet. */
export async function prepareClamd(): Promise<Clamd> {
  const folder = await mkdtemp(join(tmpdir(), 'tongke-clamd-'));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const settings = [
    'Foreground yes',
    `DatabaseDirectory ${folder}`,
    `TemporaryDirectory ${folder}`,
    `LocalSocket ${folder}/socket`,
    'LocalSocketMode 666',
    'FixStaleSocket yes',
    'TCPAddr 127.0.0.1',
    `TCPSocket ${port}`,
    `StreamMaxLength ${mostScanned}`,
    'MaxThreads 4',
  ];
  await writeFile(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);
  // Of any type of file, anywhere in it.
  await writeFile(join(folder, 'test.ndb'), `Tongke.Test.Eicar:0:*:${eicar.toString('hex')}\n`);
  // The repository may lie where that user cannot go.
  const program = join(folder, 'clamd');
  await copyFile(clamdPath, program);
  await chmod(program, 0o755);
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  await chmod(folder, 0o755);
  const addresses: Clamd['addresses'] = [`unix:${folder}/socket`, `127.0.0.1:${port}`];

  let running: ReturnType<typeof spawn> | undefined;
  let said = '';
  async function stop(): Promise<void> {
    const child = running;
    running = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await rm(join(folder, 'socket'), { force: true });
  }

  return {
    addresses,
    stop,

    async start() {
      const child = spawn(program, ['--config-file', join(folder, 'clamd.conf')], {
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(isRoot && { uid: NOBODY, gid: NOBODY }),
      });
      running = child;
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += String(piece)));
      child.once('error', (error) => (said += error.message));
      const deadline = Date.now() + START_MS;
      const scanner = createClamd({ address: addresses[0], connectMs: 1_000 });
      while (
        !(await scanner.ping().then(
          () => true,
          () => false,
        ))
      ) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`clamd does not start: ${said}`);
        await sleep(100);
      }
    },

    async close() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
