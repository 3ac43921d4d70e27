import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { inject } from 'vitest';
import {
  createMediaNode,
  type JoinClaims,
  type MediaNode,
  type MediaNodeOptions,
  type SessionDescription,
  type SessionHooks,
  signJoinToken,
} from '../../../media/index.ts';
import { classroomPath, type RequestAnswer } from '../../../media/protocol.ts';
import '../../environment/provided.ts';
import { ClassroomClient } from './classroom-client.ts';
import { FolderSink } from './folder-sink.ts';
import { freePorts } from './ports.ts';

export const tokenSecret = new TextEncoder().encode('a secret of at least thirty-two bytes');
export const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

/** The sessions that a test has scheduled, as the keeper of class sessions would tell them. */
export class Timetable implements SessionHooks {
  readonly sessions = new Map<string, SessionDescription>();
  readonly endings: { classSessionId: string; reason: string }[] = [];
  readonly presences: string[] = [];
  readonly pages: number[] = [];
  /** How many pages of each file can be shown. */
  pagesMade = 0;

  add(classSessionId: string, description: Partial<SessionDescription> = {}): void {
    this.sessions.set(classSessionId, {
      title: '分数的初步认识',
      state: 'live',
      scheduledStart: Date.now(),
      startedAt: Date.now(),
      longestMs: 60 * 60_000,
      music: false,
      slides: { fileId: 'file-1', name: '分数.pptx', pages: 12 },
      page: 1,
      roomIds: ['room-1', 'room-2'],
      recordedFromRooms: [{ roomId: 'room-1', sources: ['microphone'] }],
      ...description,
    });
  }

  /** Of which sessions a description was asked for. */
  readonly asked: string[] = [];
  #describing: Promise<void> = Promise.resolve();

  /** No session is described until the returned function is called. */
  holdDescriptions(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#describing = promise;
    return resolve;
  }

  async describe(classSessionId: string): Promise<SessionDescription | null> {
    this.asked.push(classSessionId);
    await this.#describing;
    return this.sessions.get(classSessionId) ?? null;
  }

  async pagesOf(): Promise<number> {
    return this.pagesMade;
  }

  #writing: Promise<void> = Promise.resolve();

  /** No end is written down until the returned function is called. */
  holdEndings(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#writing = promise;
    return resolve;
  }

  async ended({ classSessionId, reason }: { classSessionId: string; reason: string }): Promise<void> {
    await this.#writing;
    this.endings.push({ classSessionId, reason });
    this.sessions.delete(classSessionId);
  }

  async participantJoined({ role }: { role: string }): Promise<void> {
    this.presences.push(`+${role}`);
  }

  async participantLeft({ role }: { role: string }): Promise<void> {
    this.presences.push(`-${role}`);
  }

  readonly received: { roomId: string; expectedMs: number; receivedMs: number }[] = [];
  readonly headCounts: { roomId: string; count: number; role: string }[] = [];

  async audioReceived({ roomId, expectedMs, receivedMs }: Parameters<SessionHooks['audioReceived']>[0]): Promise<void> {
    this.received.push({ roomId, expectedMs, receivedMs });
  }

  async headCountConfirmed({ roomId, count, role }: Parameters<SessionHooks['headCountConfirmed']>[0]): Promise<void> {
    this.headCounts.push({ roomId, count, role });
  }

  async slideTurned({ page }: { page: number }): Promise<void> {
    this.pages.push(page);
  }
}

export type TestNode = {
  node: MediaNode;
  url: string;
  sink: FolderSink;
  timetable: Timetable;
  folder: string;
  connect(): Promise<ClassroomClient>;
  /** Comes in with a fresh token. */
  enter(claims: JoinClaims): Promise<{ client: ClassroomClient; answer: RequestAnswer<'join'> }>;
  close(): Promise<void>;
};

/** A real media node on free ports, with a real worker. */
export async function startNode(options: Partial<MediaNodeOptions> = {}): Promise<TestNode> {
  const folder = await mkdtemp(join(tmpdir(), 'tongke-media-'));
  const sink = new FolderSink(join(folder, 'sink'));
  const timetable = new Timetable();
  const node = await createMediaNode({
    tokenSecret,
    sink,
    hooks: timetable,
    dataFolder: join(folder, 'node'),
    log,
    workerBin: inject('workerBin'),
    workers: 1,
    basePort: await freePorts(options.workers ?? 1),
    listenAddress: '127.0.0.1',
    ...options,
  });
  const server = createServer();
  node.attach(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}${classroomPath}`;
  return {
    node,
    url,
    sink,
    timetable,
    folder,
    connect: () => ClassroomClient.connect(url),
    async enter(claims) {
      const client = await ClassroomClient.connect(url);
      return { client, answer: await client.join(await token(claims)) };
    },
    async close() {
      await node.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const shared = { name: '语文教师一', sources: [] };

export const presenterClaims = (classSessionId: string): JoinClaims => ({
  ...shared,
  role: 'presenter',
  classSessionId,
  accountId: 'account-1',
  sources: ['camera', 'microphone', 'screen', 'screenAudio'],
});

const inRoom = (classSessionId: string, room: number) => ({
  classSessionId,
  name: `东河小学 · 三年级${room}班`,
  deviceId: `device-${room}`,
  roomId: `room-${room}`,
});

export const receiverClaims = (classSessionId: string, room = 1): JoinClaims => ({
  ...inRoom(classSessionId, room),
  role: 'receiver',
  sources: ['camera', 'microphone'],
});

export const assistantClaims = (classSessionId: string, room = 1): JoinClaims => ({
  ...inRoom(classSessionId, room),
  role: 'assistant',
  sources: [],
});

export const observerClaims = (classSessionId: string): JoinClaims => ({
  ...shared,
  role: 'observer',
  classSessionId,
  accountId: 'account-2',
});

export const token = (claims: JoinClaims, now?: number) => signJoinToken(claims, tokenSecret, now);

/** What a browser would send for its microphone. */
export const opusParameters = (ssrc: number) => ({
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc }],
  rtcp: { cname: 'test' },
});

export const vp8Parameters = (ssrc: number) => ({
  codecs: [
    {
      mimeType: 'video/VP8',
      payloadType: 96,
      clockRate: 90_000,
      rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
    },
  ],
  encodings: [{ ssrc }],
  rtcp: { cname: 'test' },
});
