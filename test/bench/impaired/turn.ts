import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const program = '/usr/bin/turnserver';
const readyWithinMs = 10_000;

/** A coturn of the bench's own, as the last way out of a network that lets nothing through but TLS. */
export interface Turn {
  iceServer: { urls: string[]; username: string; credential: string };
  stop(): Promise<void>;
}

export interface TurnOptions {
  folder: string;
  /** Where it listens, and from where it reaches the media node. */
  address: string;
  tlsPort: number;
}

/** @throws Error when the program is missing or does not begin to listen */
export async function openTurn({ folder, address, tlsPort }: TurnOptions): Promise<Turn> {
  if (!existsSync(program)) throw new Error(`${program} is missing: apt-get install coturn`);
  const home = join(folder, 'turn');
  await mkdir(home, { recursive: true });
  const [key, certificate] = [join(home, 'key.pem'), join(home, 'certificate.pem')];
  const subject = ['-subj', `/CN=${address}`, '-addext', `subjectAltName=IP:${address}`];
  const lasting = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await run('openssl', ['req', '-x509', ...lasting, '-keyout', key, '-out', certificate, ...subject]);
  const user = { username: 'room', credential: 'only for this run' };
  const settings = [
    `listening-ip=${address}`,
    `relay-ip=${address}`,
    `tls-listening-port=${tlsPort}`,
    `cert=${certificate}`,
    `pkey=${key}`,
    'realm=tongke',
    'lt-cred-mech',
    `user=${user.username}:${user.credential}`,
    'fingerprint',
    'no-udp',
    'no-tcp',
    'no-dtls',
    'no-cli',
    'no-multicast-peers',
    `log-file=${join(home, 'turn.log')}`,
    'simple-log',
    `pidfile=${join(home, 'turn.pid')}`,
    `userdb=${join(home, 'turn.db')}`,
  ];
  const file = join(home, 'turnserver.conf');
  await writeFile(file, `${settings.join('\n')}\n`);
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', program, '-c', file], { stdio: 'ignore' });
  const stop = () => ended(child);
  try {
    await listening(child, address, tlsPort);
  } catch (error) {
    await stop();
    throw error;
  }
  return { iceServer: { urls: [`turns:${address}:${tlsPort}?transport=tcp`], ...user }, stop };
}

async function listening(child: ChildProcess, address: string, port: number): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, address, () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('coturn does not listen.');
    await sleep(100);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = await Promise.race([gone, sleep(3_000, 'late', { ref: false })]);
  if (late === 'late') child.kill('SIGKILL');
}
