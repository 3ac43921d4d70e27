import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { shipLeftOvers } from './chunk-shipper.ts';
import { wireCapabilities } from './codecs.ts';
import { ClassroomError } from './errors.ts';
import { createHeldMemory } from './held-memory.ts';
import { createLinkProbes } from './link-probe.ts';
import { isLost, LostAccess, type LostSeats } from './lost-access.ts';
import { type MediaNodeStats, nodeStats, type Writer } from './node-stats.ts';
import {
  closeCodes,
  type IceServer,
  probeLifeMs,
  type RecordedFromRoom,
  resumeWindowMs,
  type Slides,
} from './protocol.ts';
import { Recorder } from './recorder.ts';
import type { RecordingSink } from './recording-sink.ts';
import { Room } from './room.ts';
import type { SessionHooks } from './session-hooks.ts';
import { createSignalling } from './signalling.ts';
import { tokenLifetimeMs } from './token.ts';
import { iceServersFor } from './turn.ts';
import { UsedTokens } from './used-tokens.ts';
import { createWorkerPool } from './workers.ts';

export type MediaNodeOptions = {
  /** Shared with the signer of join tokens; at least 32 bytes. */
  tokenSecret: Uint8Array;
  sink: RecordingSink;
  hooks: SessionHooks;
  /** A folder of the node's own: recorded chunks that the sink could not yet take. */
  dataFolder: string;
  log: Logger;
  /** Path of the mediasoup-worker binary; mediasoup's own choice if left out. */
  workerBin?: string;
  /** Default: one a core. */
  workers?: number;
  /** Worker i listens on `basePort + i`, UDP and TCP. Default 44400. */
  basePort?: number;
  /** Default 0.0.0.0: every IPv4 address of the machine. */
  listenAddress?: string;
  /** A public address or host name that clients are told as well. */
  announcedAddress?: string;
  iceServers?: IceServer[];
  /** Shared with the TURN servers: those without a credential of their own get one that ends by itself. */
  turnSecret?: string;
  /** How long a room lives without a presenter before it ends as `abandoned`. Default 15 min. */
  abandonAfterMs?: number;
  /** How long a participant's media outlives its socket. Default 30 s. */
  resumeWindowMs?: number;
  /** How long a link probe may take. Default 60 s. */
  probeLifeMs?: number;
};

/** One media node: workers, rooms and the WebSocket that clients talk to. */
export type MediaNode = {
  /** Serves `classroomPath` on this server's upgrade requests. Other paths are left alone. */
  attach(server: HttpServer | HttpsServer): void;
  /**
   * The session has become live: opens its room, if nobody waits in it yet, and starts its recording, with what of the
   * rooms may be in it.
   */
  startSession(classSessionId: string, recordedFromRooms: RecordedFromRoom[]): Promise<void>;
  /** True when a room of this session is open here and live. */
  isLive(classSessionId: string): boolean;
  /** Ends the lesson for everybody and waits until the last chunk of its recording is written. No room: nothing to do. */
  endSession(classSessionId: string, reason?: 'presenter' | 'abandoned' | 'cancelled'): Promise<void>;
  /**
   * A session that has not begun was changed: whoever waits in its room comes back to one that is as it is now. Tokens that
   * were signed for it before are refused.
   */
  refreshSession(classSessionId: string): Promise<void>;
  /**
   * Other slides are shown, or none, from this page on, in a session that is live or to be: opens its room, if nobody is in it.
   * @throws ClassroomError `session_not_open`, `session_ended`, `media_unavailable`
   */
  showSlides(classSessionId: string, slides: Slides | null, page: number): Promise<void>;
  /** Somebody has counted who sits in a room, outside the classroom: whoever is in its lesson sees it. */
  headsCounted(event: { classSessionId: string; roomId: string; count: number; at: number }): Promise<void>;
  /**
   * An account or a device has lost its access, or some of it: it is put out of these seats, and whoever still may comes
   * back. Tokens that were signed for it before are refused, wherever they lead.
   */
  putOut(holderId: string, seats?: LostSeats): void;
  activeSessions(): { classSessionId: string; live: boolean; participants: number }[];
  stats(): Promise<MediaNodeStats>;
  /** How much of a recording is still on its way to the sink, or waits on this node's disk for it. */
  waitingChunks(recordingId: string): number;
  /** Takes nobody in any more, closes the recordings' chunks, then rooms and workers. Lessons are not ended: they go on elsewhere. Idempotent. */
  close(): Promise<void>;
};

const defaultBasePort = 44_400;
const defaultAbandonAfterMs = 15 * 60_000;

/** @throws what mediasoup throws when a worker cannot start or its port is taken */
export async function createMediaNode(options: MediaNodeOptions): Promise<MediaNode> {
  const { log, hooks, sink } = options;
  const spoolFolder = join(options.dataFolder, 'chunks');
  const pool = await createWorkerPool({
    count: options.workers ?? availableParallelism(),
    basePort: options.basePort ?? defaultBasePort,
    listenAddress: options.listenAddress ?? '0.0.0.0',
    announcedAddress: options.announcedAddress,
    workerBin: options.workerBin,
    log,
  });
  const rooms = new Map<string, Room>();
  const opening = new Map<string, Promise<Room>>();
  /** Of rooms that have closed: what the sink has not taken yet they still bring to it. */
  const formerRecorders = new Set<Recorder>();
  /** Lessons that have ended here, until whoever keeps class sessions knows: nobody is to open them once more. */
  const ended = new Set<string>();
  let closing: Promise<void> | null = null;

  const memory = createHeldMemory();
  const leftOvers = await shipLeftOvers(spoolFolder, sink, log, memory);
  const probe = await pool.openRouter();
  const routerRtpCapabilities = wireCapabilities(probe.router.rtpCapabilities);
  probe.release();

  const shared = {
    tokenSecret: options.tokenSecret,
    routerRtpCapabilities,
    iceServersFor: (holder: string, until: number) =>
      iceServersFor(options.iceServers ?? [], options.turnSecret, holder, until),
    log,
  };
  const lostAccess = new LostAccess(tokenLifetimeMs);
  const admission = { lostAccess, usedTokens: new UsedTokens(log) };
  const linkProbes = createLinkProbes({ ...shared, ...admission, pool, lifeMs: options.probeLifeMs ?? probeLifeMs });
  const signalling = createSignalling({
    ...shared,
    ...admission,
    probe: linkProbes.accept,
    room: openRoom,
    rooms: () => rooms.values(),
  });

  /** Two who come at once find the same room. */
  async function openRoom(classSessionId: string): Promise<Room> {
    const open = rooms.get(classSessionId);
    if (open && !open.closed) return open;
    const opened = opening.get(classSessionId) ?? makeRoom(classSessionId);
    opening.set(classSessionId, opened);
    try {
      return await opened;
    } finally {
      opening.delete(classSessionId);
    }
  }

  async function makeRoom(classSessionId: string): Promise<Room> {
    // A room that is just closing still writes its recording.
    await rooms.get(classSessionId)?.suspend();
    const description = await hooks.describe(classSessionId);
    if (ended.has(classSessionId)) throw new ClassroomError('session_ended');
    if (!description) throw new ClassroomError('session_not_open');
    if (closing) throw new ClassroomError('media_unavailable');
    const roomLog = log.child({ classSession: classSessionId });
    const room = new Room({
      classSessionId,
      description,
      pool,
      hooks,
      recorder: new Recorder({ classSessionId, sink, spoolFolder, memory, log: roomLog }),
      resumeWindowMs: options.resumeWindowMs ?? resumeWindowMs,
      abandonAfterMs: options.abandonAfterMs ?? defaultAbandonAfterMs,
      log: roomLog,
      onEnding: () => {
        ended.add(classSessionId);
        return () => void ended.delete(classSessionId);
      },
      onClosed: () => {
        if (rooms.get(classSessionId) === room) rooms.delete(classSessionId);
        if (room.recorder.waitingChunks > 0) formerRecorders.add(room.recorder);
      },
    });
    rooms.set(classSessionId, room);
    return room;
  }

  /** Of a room that is just being opened, and cannot be, whoever opens it is told. */
  async function openedRoom(classSessionId: string): Promise<Room | undefined> {
    await opening.get(classSessionId)?.catch(() => undefined);
    return rooms.get(classSessionId);
  }

  /** Whoever still brings something to the sink. */
  function writers(): Writer[] {
    for (const recorder of formerRecorders) if (recorder.waitingChunks === 0) formerRecorders.delete(recorder);
    for (const [id, shipper] of leftOvers) if (shipper.waiting === 0) leftOvers.delete(id);
    const recorders = [...[...rooms.values()].map(({ recorder }) => recorder), ...formerRecorders];
    return [
      ...recorders.map((each) => ({
        id: each.recordingId,
        waiting: each.waitingChunks,
        failing: each.sinkFailing,
      })),
      ...[...leftOvers].map(([id, { waiting, failing }]) => ({ id, waiting, failing })),
    ];
  }

  async function close(): Promise<void> {
    signalling.close();
    await Promise.allSettled(opening.values());
    await Promise.all([...rooms.values()].map((room) => room.suspend()));
    await pool.close();
  }

  return {
    attach: signalling.attach,
    async startSession(classSessionId, recordedFromRooms) {
      let room: Room;
      do {
        room = await openRoom(classSessionId);
        room.start(Date.now(), recordedFromRooms);
        // One that was let go while it was being opened does not begin any more; the next one does.
      } while (!room.live);
    },
    isLive: (classSessionId) => rooms.get(classSessionId)?.live ?? false,
    async endSession(classSessionId, reason = 'presenter') {
      await (await openedRoom(classSessionId))?.end(reason, false);
    },
    async refreshSession(classSessionId) {
      // Others may present now, and other rooms take part.
      lostAccess.add(classSessionId);
      const room = await openedRoom(classSessionId);
      if (room && !room.live) await room.suspend();
    },
    async showSlides(classSessionId, slides, page) {
      (await openRoom(classSessionId)).slideShow.show(slides, page);
    },
    async headsCounted({ classSessionId, roomId, count, at }) {
      const room = await openedRoom(classSessionId);
      if (room?.attendance.counted(roomId, count)) room.audience.broadcast('headCountConfirmed', { roomId, count, at });
    },
    putOut(holderId, seats = {}) {
      lostAccess.add(holderId);
      if (!seats.classSessionIds) linkProbes.putOut(holderId);
      for (const room of rooms.values()) {
        for (const participant of room.participants) {
          const lost = participant.holderId === holderId && isLost(participant.claims, seats);
          if (lost) room.putOut(participant, closeCodes.refused, 'access_ended');
        }
      }
    },
    activeSessions: () =>
      [...rooms.values()].map(({ classSessionId, live, participants }) => ({
        classSessionId,
        live,
        participants: participants.length,
      })),
    stats: async () => nodeStats(await pool.stats(), [...rooms.values()], writers()),
    waitingChunks: (recordingId) =>
      writers()
        .filter(({ id }) => id === recordingId)
        .reduce((sum, { waiting }) => sum + waiting, 0),
    close() {
      closing ??= close();
      return closing;
    },
  };
}
