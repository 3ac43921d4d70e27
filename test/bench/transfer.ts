import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export const MiB = 1024 * 1024;

/** A file of `bytes` bytes that no compression makes smaller, and that every part finds unlike its neighbours. */
export async function makeFile(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let written = 0; written < bytes; written += MiB)
      await file.write(randomBytes(Math.min(MiB, bytes - written)));
  } finally {
    await file.close();
  }
}

/** Sends a file as the whole body. @returns the answer, its body unread. @throws unless it is a success */
async function send(url: string, options: RequestOptions, path: string): Promise<IncomingMessage> {
  const { size } = await stat(path);
  const headers = { ...options.headers, 'content-length': size };
  const asked = request(url, { ...options, headers, agent: false });
  const answered = new Promise<IncomingMessage>((resolve, reject) => asked.on('response', resolve).on('error', reject));
  const [answer] = await Promise.all([answered, pipeline(createReadStream(path, { highWaterMark: MiB }), asked)]);
  const body = await text(answer);
  if ((answer.statusCode ?? 0) >= 300) throw new Error(`${options.method} ${url}: ${answer.statusCode} ${body}`);
  return answer;
}

/** Puts a file on the peer. @returns seconds until it is said to be safe */
export async function put(url: string, path: string): Promise<number> {
  const started = performance.now();
  await send(url, { method: 'PUT' }, path);
  return (performance.now() - started) / 1000;
}

/** Sends a file to us by tus 1.0, in one PATCH. @returns its id, and seconds from the first request to the last answer */
export async function upload(address: string, cookie: string, path: string): Promise<{ id: string; seconds: number }> {
  const started = performance.now();
  const { size } = await stat(path);
  const tus = { cookie, 'tus-resumable': '1.0.0' };
  const metadata = `filename ${Buffer.from('录像.zip').toString('base64')}`;
  const created = await fetch(`${address}/api/uploads`, {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(size), 'upload-metadata': metadata },
  });
  const location = created.headers.get('location');
  if (!created.ok || location === null) throw new Error(`The upload was refused: ${await created.text()}`);
  const headers = { ...tus, 'upload-offset': 0, 'content-type': 'application/offset+octet-stream' };
  const { href, pathname } = new URL(location, address);
  await send(href, { method: 'PATCH', headers }, path);
  return { id: pathname.split('/').at(-1) ?? '', seconds: (performance.now() - started) / 1000 };
}

/** Reads an answer and lets it go. @returns seconds from the request to the last byte */
export async function download(url: string, headers: Record<string, string>, bytes: number): Promise<number> {
  const started = performance.now();
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { headers, agent: false }, resolve).on('error', reject).end();
  });
  let received = 0;
  for await (const chunk of answer) received += (chunk as Buffer).length;
  if (answer.statusCode !== 200 || received !== bytes)
    throw new Error(`${url}: ${answer.statusCode}, ${received} bytes`);
  return (performance.now() - started) / 1000;
}

const file = z.object({ state: z.enum(['uploaded', 'processing', 'ready', 'failed']) });
const settledWithinMs = 60_000;

/** Waits until the server's jobs are through with a file: they would take time from whoever is measured next. */
export async function settled(address: string, cookie: string, id: string): Promise<void> {
  const deadline = Date.now() + settledWithinMs;
  for (;;) {
    const answer = await fetch(`${address}/api/files/${id}`, { headers: { cookie } });
    const { state } = file.parse(await answer.json());
    if (state === 'ready' || state === 'failed') return;
    if (Date.now() > deadline) throw new Error(`The file ${id} is still ${state} after ${settledWithinMs} ms.`);
    await sleep(100);
  }
}

export async function remove(address: string, cookie: string, id: string): Promise<void> {
  const answer = await fetch(`${address}/api/files/${id}`, { method: 'DELETE', headers: { cookie } });
  if (!answer.ok) throw new Error(`The file was not removed: ${await answer.text()}`);
}
