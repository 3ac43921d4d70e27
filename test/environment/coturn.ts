import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../media/environment/ports.ts';
import { makeRunFolder } from './folder.ts';

/** A real TURN server on this machine. */
export interface Coturn {
  port: number;
  stop(): Promise<void>;
}

const longestMs = 10 * 60_000;
const readyWithinMs = 20_000;
/** A binding request (RFC 8489 §5): any STUN server answers it. */
const bindingRequest = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

async function answers(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    const answered = once(socket, 'message').then(() => true);
    socket.send(bindingRequest, port, '127.0.0.1');
    return await Promise.race([answered, delay(200, false)]);
  } finally {
    socket.close();
  }
}

/** @param secret of `use-auth-secret`, as infra/turnserver.conf has it */
export async function startCoturn(secret: string): Promise<Coturn> {
  const [port, folder] = [await freePorts(1), await makeRunFolder()];
  const child = spawn(
    'setpriv',
    [
      ...['--pdeathsig', 'TERM', 'turnserver'],
      ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--fingerprint', '--allow-loopback-peers', '--log-file=stdout'],
      ...['--listening-ip=127.0.0.1', `--listening-port=${port}`, '--relay-ip=127.0.0.1', '--realm=tongke'],
      ...['--use-auth-secret', `--static-auth-secret=${secret}`],
      ...[`--pidfile=${folder}/pid`, `--userdb=${folder}/db`],
    ],
    { stdio: 'ignore', timeout: longestMs },
  );
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null) child.kill('SIGTERM');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + readyWithinMs; !(await answers(port)); ) {
    if (child.exitCode === null && Date.now() < deadline) continue;
    await stop();
    throw new Error('coturn did not start.');
  }
  return { port, stop };
}
