import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PlainTransport, Router } from 'mediasoup/types';
import { pino } from 'pino';
import { z } from 'zod';
import { finishRecording } from '../../media/index.ts';
import { Recorder } from '../../media/recorder.ts';
import { createWorkerPool } from '../../media/workers.ts';
import { openDatabase } from '../../server/database/database.ts';
import { createJobs } from '../../server/jobs/jobs.ts';
import { createOutbox } from '../../server/outbox/outbox.ts';
import { createRecordings } from '../../server/recordings/recordings.ts';
import { createConverter } from '../../server/sandbox/converter.ts';
import { findSandbox } from '../../server/sandbox/sandbox.ts';
import { openWorkspace } from '../../server/sandbox/workspace.ts';
import { createDiskStorage } from '../../server/storage/disk.ts';
import type { Storage } from '../../server/storage/storage.ts';

const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' }, pino.destination(2));

export interface RecordingsAt {
  databaseUrl: string;
  /** Objects lie in `objects`, work in `tmp`. */
  folder: string;
}

/** Where recordings are made, and by what, as in the product. */
export async function openEncoding(folder: string) {
  const [sandbox, workspace] = await Promise.all([findSandbox(), openWorkspace(join(folder, 'tmp'))]);
  return { workspace, convert: createConverter(sandbox), ffmpeg: 'ffmpeg' };
}

/** The recordings of a server, with the jobs that finish them. */
export async function openRecordings(
  { databaseUrl, folder }: RecordingsAt,
  { storage: given, waitingChunks }: { storage?: Storage; waitingChunks?: (recordingId: string) => number } = {},
) {
  const database = openDatabase({ url: databaseUrl, poolSize: 3, onIdleError: (error) => log.warn(error) });
  const storage = given ?? (await createDiskStorage({ directory: join(folder, 'objects') }));
  const jobs = createJobs({ databaseUrl, log });
  const waiting = { chunks: 0 };
  const recordings = createRecordings({
    db: database.db,
    storage,
    jobs,
    log,
    outbox: createOutbox(),
    onPublished: async () => undefined,
    ...(await openEncoding(folder)),
    finishVideo: finishRecording,
    waitingChunks: waitingChunks ?? (() => waiting.chunks),
  });
  return {
    ...recordings,
    db: database.db,
    storage,
    jobs,
    waiting,
    async close() {
      await jobs.stop(2000);
      await database.close();
    },
  };
}

const ssrc = { audio: 4_000_001, video: 4_000_002 };
const codecs = {
  audio: { mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 },
  video: { mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000 },
};

/** A moving picture and a tone, encoded beforehand: sending them takes next to no time of a busy machine. */
async function encode(path: string): Promise<void> {
  await promisify(execFile)('ffmpeg', [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15:duration=20'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=1000:sample_rate=48000:duration=20'],
    ...['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k', '-g', '15'],
    ...['-c:a', 'libopus', '-b:a', '32k', '-ac', '2', path],
  ]);
}

/** Camera and microphone of a presenter, sent by ffmpeg. */
async function teach(router: Router, lesson: string) {
  const open = async (kind: 'audio' | 'video') => {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      comedia: true,
      // ffmpeg sends RTCP from a port of its own.
      rtcpMux: false,
    });
    const rtpParameters = { codecs: [codecs[kind]], encodings: [{ ssrc: ssrc[kind] }], rtcp: { cname: 'test' } };
    return { transport, producer: await transport.produce({ kind, rtpParameters }) };
  };
  const [camera, microphone] = await Promise.all([open('video'), open('audio')]);
  const to = ({ tuple, rtcpTuple }: PlainTransport) =>
    `rtp://127.0.0.1:${tuple.localPort}?rtcpport=${rtcpTuple?.localPort}&pkt_size=1200`;
  const ffmpeg = spawn(
    'ffmpeg',
    [
      ...['-v', 'error', '-re', '-i', lesson, '-map', '0:v', '-c', 'copy'],
      ...['-ssrc', String(ssrc.video), '-payload_type', '96', '-f', 'rtp', to(camera.transport)],
      ...['-map', '0:a', '-c', 'copy'],
      ...['-ssrc', String(ssrc.audio), '-payload_type', '111', '-f', 'rtp', to(microphone.transport)],
    ],
    { stdio: 'ignore' },
  );
  return { camera: camera.producer, microphone: microphone.producer, pid: ffmpeg.pid };
}

const orders = z.object({
  mode: z.enum(['record', 'finish']),
  databaseUrl: z.string(),
  folder: z.string(),
  classSessionId: z.string(),
  workerBin: z.string(),
  port: z.number(),
});
export type Orders = z.output<typeof orders>;

/** What a server does of it until it is killed. A line tells that it has begun. */
async function obey({ mode, workerBin, port, classSessionId, ...at }: Orders): Promise<void> {
  const recordings = await openRecordings(at);
  if (mode === 'finish') {
    await recordings.jobs.start();
    process.stdout.write('{}\n');
    return;
  }
  const lesson = join(at.folder, 'lesson.mkv');
  await encode(lesson);
  const pool = await createWorkerPool({
    count: 1,
    basePort: port,
    listenAddress: '127.0.0.1',
    announcedAddress: undefined,
    workerBin,
    log,
  });
  const { router } = await pool.openRouter();
  const spoolFolder = join(at.folder, 'spool');
  const recorder = new Recorder({ classSessionId, sink: recordings.sink, spoolFolder, log });
  recorder.start(Date.now());
  await recorder.attach(router);
  const { camera, microphone, pid } = await teach(router, lesson);
  const presenter = { participantId: 'presenter', role: 'presenter', roomId: null } as const;
  recorder.record({ ...presenter, source: 'camera' }, camera);
  recorder.record({ ...presenter, source: 'microphone' }, microphone);
  process.stdout.write(`${JSON.stringify({ pid })}\n`);
}

const given = process.argv[2];
if (import.meta.main && given) await obey(orders.parse(JSON.parse(given)));
