import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { z } from 'zod';
import { ensureWorker } from '../../infra/install/worker.mjs';
import { finishRecording } from '../../media/index.ts';
import { Recorder } from '../../media/recorder.ts';
import { createWorkerPool } from '../../media/workers.ts';
import { beepDelays } from '../media/environment/beep-delays.ts';
import { FolderSink } from '../media/environment/folder-sink.ts';
import { encodeLesson } from '../media/environment/lesson-packets.ts';
import { freePorts } from '../media/environment/ports.ts';
import { openLoopingSender, type Troubles } from './looping-sender.ts';

/** Sound and picture of a recording may be this far apart (ITU-R BT.1359: 45 ms early to 125 ms late goes unnoticed). */
const largestMs = 80;
const sectionSeconds = 60;
const patternSeconds = 11;
const say = (line: string) => void process.stderr.write(`${line}\n`);

/**
 * `npm run soak [-- --minutes 40]`: records a lesson of flashes and beeps in real time, over a line that loses packets and
 * from a sender whose clocks are wrong, finishes it, and measures how far sound and picture are apart in the video.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '40' }, keep: { type: 'boolean' } } });
  const minutes = z.coerce.number().min(2).max(600).parse(values.minutes);
  const folder = await mkdtemp(join(tmpdir(), 'tongke-soak-'));
  try {
    const path = await record(folder, minutes);
    const lengthS = minutes * 60;
    const length = Math.min(sectionSeconds, lengthS / 6);
    const sections = [
      { name: 'start', from: 0 },
      { name: 'middle', from: lengthS / 2 - length / 2 },
      { name: 'end', from: lengthS - length - 1 },
    ];
    let failed = false;
    process.stdout.write('section   beeps  mean (ms)  worst (ms)\n');
    for (const { name, from } of sections) {
      const delays = (await beepDelays(path, { from, length })).map((seconds) => seconds * 1000);
      const mean = delays.reduce((sum, each) => sum + each, 0) / delays.length;
      const worst = Math.max(...delays.map(Math.abs));
      // A lost key frame may hide some flashes; more than a few missing would be no measurement.
      failed ||= delays.length < length * 0.8 || worst > largestMs;
      const cells = [name.padEnd(8), String(delays.length).padStart(6), mean.toFixed(0).padStart(10)];
      process.stdout.write(`${cells.join(' ')} ${worst.toFixed(0).padStart(11)}\n`);
    }
    process.stdout.write(failed ? `FAILED: more than ${largestMs} ms, or beeps missing\n` : 'ok\n');
    process.exitCode = failed ? 1 : 0;
  } finally {
    if (!values.keep) await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the path of the finished video. */
async function record(folder: string, minutes: number): Promise<string> {
  const log = pino({ level: 'warn' }, pino.destination(2));
  const lastsMs = minutes * 60_000;
  const troubles: Troubles = {
    ...{ loss: 0.02, soundPpm: 100, clockPpm: -50, clockAheadMs: 3_600_000, pictureLateMs: 150 },
    stall: { fromMs: lastsMs * 0.7, toMs: lastsMs * 0.7 + 12_000 },
    outage: { fromMs: lastsMs * 0.3, toMs: lastsMs * 0.3 + 3_000 },
  };
  const pattern = await encodeLesson(folder, 'vp8', patternSeconds);
  const pool = await createWorkerPool({
    ...{ count: 1, basePort: await freePorts(1), listenAddress: '127.0.0.1', announcedAddress: undefined, log },
    workerBin: await ensureWorker(say),
  });
  const sink = new FolderSink(join(folder, 'sink'));
  const recorder = new Recorder({ classSessionId: 'soak', sink, spoolFolder: join(folder, 'spool'), log });
  const lease = await pool.openRouter();
  recorder.start(Date.now());
  await recorder.attach(lease.router);
  const sender = await openLoopingSender(lease.router, pattern, troubles);
  const presenter = { participantId: 'presenter', role: 'presenter', roomId: null } as const;
  recorder.record({ ...presenter, source: 'camera' }, sender.video);
  recorder.record({ ...presenter, source: 'microphone' }, sender.audio);
  let told = 0;
  await sender.send(lastsMs, (ms) => {
    if (ms < told) return;
    told += 60_000;
    say(
      `${Math.floor(ms / 60_000)} of ${minutes} min, ${sender.sent} packets, ${sender.lost} lost, ${sender.repaired} repaired`,
    );
  });
  await delay(500);
  await recorder.stop('finishing');
  sender.close();
  lease.release();
  await pool.close();
  say('finishing …');
  const finished = await finishRecording({
    journal: sink.journal('recording-soak'),
    readChunk: sink.readChunk,
    workFolder: join(folder, 'work'),
    signal: new AbortController().signal,
  });
  say(`${finished.durationMs} ms, completeness ${finished.completeness.toFixed(4)}`);
  return finished.videoPath;
}

await main();
