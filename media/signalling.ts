import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { Connection } from './connection.ts';
import { ClassroomError } from './errors.ts';
import type { LostAccess } from './lost-access.ts';
import type { RoomMethod } from './method.ts';
import { callMethod, parseRequest } from './methods.ts';
import type { Participant } from './participant.ts';
import {
  classroomPath,
  closeCodes,
  type IceServer,
  maxFrameBytes,
  probeQuery,
  protocolVersion,
  type RequestAnswer,
  type RequestFrame,
  type RtpCapabilities,
  requests,
  requestTimeoutMs,
} from './protocol.ts';
import type { Room } from './room.ts';
import { holderOf, verifyJoinToken } from './token.ts';
import type { UsedTokens } from './used-tokens.ts';

export type SignallingOptions = {
  tokenSecret: Uint8Array;
  lostAccess: LostAccess;
  usedTokens: UsedTokens;
  routerRtpCapabilities: RtpCapabilities;
  /** With credentials that are good until then. */
  iceServersFor(holder: string, until: number): IceServer[];
  /** Takes the sockets of rooms that measure their link. */
  probe(socket: WebSocket): void;
  log: Logger;
  /** Opens the room when nobody is in yet. @throws ClassroomError `session_not_open`, `media_unavailable` */
  room(classSessionId: string): Promise<Room>;
  rooms(): Iterable<Room>;
};

export type Signalling = {
  attach(server: HttpServer | HttpsServer): void;
  /** Takes no more sockets, and lets go of those that are in. */
  close(): void;
};

type Seat = { room: Room; participant: Participant };

/** The WebSocket side of the classroom: lets people in, and calls methods for those who are. */
export function createSignalling(options: SignallingOptions): Signalling {
  const { log } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
  const servers: (HttpServer | HttpsServer)[] = [];

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Once a server has a listener for upgrades, a socket that nobody takes stays open for ever.
    const [path, query] = (request.url ?? '').split('?', 2);
    const take = query === probeQuery ? options.probe : accept;
    if (path === classroomPath) sockets.handleUpgrade(request, socket, head, take);
    else refuse(socket);
  }

  /** Node has let go of an upgraded socket: an error that nobody listens for would end the process. */
  function refuse(socket: Duplex): void {
    socket.on('error', (error) => log.debug({ err: error }, 'a refused socket failed'));
    socket.once('finish', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  }

  function accept(socket: WebSocket): void {
    let seat: Seat | null = null;
    const untilJoined = () => setTimeout(() => connection.close(closeCodes.timeout, 'no_join'), requestTimeoutMs);
    let unseated = untilJoined();
    const connection = new Connection(socket, log, {
      async onRequest(frame) {
        if (frame.method === 'join' || frame.method === 'resume') {
          if (seat) throw new ClassroomError('already_joined');
          const { room, participant, seq, data } = await (frame.method === 'join' ? join(frame) : resume(frame));
          clearTimeout(unseated);
          connection.welcome();
          seat = { room, participant };
          const after = () => {
            if (!room.audience.has(participant)) connection.close(closeCodes.refused, 'not_joined');
            else if (socket.readyState === socket.OPEN) room.connect(participant, connection, seq);
            else room.disconnected(participant);
          };
          const undo = () => {
            seat = null;
            unseated = untilJoined();
            if (frame.method === 'join') room.leave(participant);
          };
          return { data, after, undo };
        }
        if (!seat) throw new ClassroomError('not_joined');
        const data = await call(frame, seat);
        // A socket that has done its part is not kept open by who holds on to it.
        if (frame.method === 'leave') unseated = untilJoined();
        return { data };
      },
      onClosed() {
        clearTimeout(unseated);
        if (seat?.participant.isOn(connection)) seat.room.disconnected(seat.participant);
      },
    });
    connection.inform('hello', { version: protocolVersion, routerRtpCapabilities: options.routerRtpCapabilities });
  }

  async function join(frame: RequestFrame) {
    const { token, ...wanted } = parseRequest('join', frame.data);
    const signed = await verifyJoinToken(token, options.tokenSecret);
    const { claims } = signed;
    const refuseLost = () => {
      for (const id of [holderOf(claims), claims.classSessionId]) options.lostAccess.refuse(id, signed.signedAt);
    };
    refuseLost();
    options.usedTokens.use(signed, holderOf(claims));
    const room = await options.room(claims.classSessionId);
    // Opening a room takes a while, and nobody is put out of it before he is in.
    refuseLost();
    const { participant, transports, snapshot } = await room.join(claims, wanted);
    try {
      refuseLost();
    } catch (cause) {
      room.leave(participant);
      throw cause;
    }
    const data: RequestAnswer<'join'> = {
      participantId: participant.id,
      resumeToken: participant.resumeToken,
      ...transports,
      // An assistant's phone carries neither sound nor picture.
      iceServers: participant.role === 'assistant' ? [] : options.iceServersFor(participant.id, room.lifetime.overAt),
      ...snapshot,
    };
    return { room, participant, seq: snapshot.seq, data };
  }

  async function resume(frame: RequestFrame) {
    const { resumeToken, lastSeq } = parseRequest('resume', frame.data);
    const seat = findSeat(resumeToken);
    if (!seat) throw new ClassroomError('resume_unknown');
    const { room, participant } = seat;
    const { outbox } = participant;
    if (outbox.covers(lastSeq)) {
      const data: RequestAnswer<'resume'> = { kind: 'replay', epoch: room.media.epoch, missed: outbox.seq - lastSeq };
      return { room, participant, seq: lastSeq, data };
    }
    const snapshot = room.snapshot(participant);
    const data: RequestAnswer<'resume'> = { kind: 'snapshot', snapshot };
    return { room, participant, seq: snapshot.seq, data };
  }

  function findSeat(resumeToken: string): Seat | null {
    for (const room of options.rooms()) {
      const participant = room.participants.find((each) => each.resumeToken === resumeToken);
      if (participant) return { room, participant };
    }
    return null;
  }

  async function call({ method, data }: RequestFrame, { room, participant }: Seat): Promise<unknown> {
    if (!isRoomMethod(method)) throw new ClassroomError('not_found');
    if (room.closed) throw new ClassroomError('session_ended');
    if (!room.audience.has(participant)) throw new ClassroomError('not_joined');
    try {
      return await callMethod(method, { room, participant }, data);
    } catch (cause) {
      // What it was about may have been closed under the call: mediasoup's own words for that tell nobody anything, and it is no fault.
      const refusal = cause instanceof ClassroomError && cause.status < 500;
      if (refusal || room.audience.has(participant)) throw cause;
      throw new ClassroomError(room.closed ? 'session_ended' : 'not_joined', { cause });
    }
  }

  return {
    attach(server) {
      servers.push(server);
      server.on('upgrade', onUpgrade);
    },
    close() {
      for (const server of servers) server.off('upgrade', onUpgrade);
      for (const socket of sockets.clients) socket.close(closeCodes.goingAway, 'going_away');
    },
  };
}

function isRoomMethod(method: string): method is RoomMethod {
  return Object.hasOwn(requests, method) && method !== 'join' && method !== 'resume';
}
