/** For infra/Dockerfile: makes the media worker and the web pages, and puts the worker into the folder that is named. */
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureWeb } from './build.mjs';
import { ensureWorker } from './worker.mjs';

const target = process.argv[2];
if (target === undefined) throw new Error('Name the folder for the media worker.');

const say = (line) => console.log(line);
const worker = await ensureWorker(say);
await ensureWeb(say);
await mkdir(target, { recursive: true });
await copyFile(worker, join(target, 'mediasoup-worker'));
