import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { nodeBinary } from '../../../infra/install/node-binary.mjs';
import type { Answer, Receiving } from './receiving.ts';

export type Receivers = Receiving & { pid: number; stop(): Promise<void> };

/** Starts the process of the receivers. */
export async function startReceivers(): Promise<Receivers> {
  const child = fork(join(import.meta.dirname, 'receivers-program.ts'), [], { execPath: nodeBinary() });
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('The receivers did not start.');
  const waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  child.on('message', (message: Answer) => {
    const question = waiting.get(message.id);
    waiting.delete(message.id);
    if ('error' in message) question?.reject(new Error(message.error));
    else question?.resolve(message.answer);
  });
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('The receivers are gone.'));
    waiting.clear();
  });

  function ask<M extends keyof Receiving>(method: M, question?: Parameters<Receiving[M]>[0]) {
    return new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      child.send({ id: asked, method, asked: question ?? {} });
    }) as ReturnType<Receiving[M]>;
  }

  return {
    pid,
    listen: (question) => ask('listen', question),
    accept: (question) => ask('accept', question),
    connected: () => ask('connected'),
    mark: () => ask('mark'),
    count: () => ask('count'),
    async stop() {
      // Hundreds of WebRTC clients take their time for a goodbye that nobody hears.
      child.kill('SIGKILL');
      await ended;
    },
  };
}
