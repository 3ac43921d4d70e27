import type { Consumer, Producer, WebRtcTransport } from 'mediasoup/types';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import type { z } from 'zod';
import { Allowance, type Rate } from './allowance.ts';
import { Connection } from './connection.ts';
import { connectTransport } from './dtls.ts';
import { ClassroomError } from './errors.ts';
import type { LostAccess } from './lost-access.ts';
import {
  closeCodes,
  type IceServer,
  type ProbeAnswer,
  type ProbeMethod,
  probeRequests,
  type RequestFrame,
  type RtpCapabilities,
  requestTimeoutMs,
} from './protocol.ts';
import { verifyProbeToken } from './token.ts';
import type { UsedTokens } from './used-tokens.ts';
import { transportParameters } from './webrtc-parameters.ts';
import type { RouterLease, WorkerPool } from './workers.ts';

export type LinkProbeOptions = {
  tokenSecret: Uint8Array;
  lostAccess: LostAccess;
  usedTokens: UsedTokens;
  routerRtpCapabilities: RtpCapabilities;
  pool: WorkerPool;
  /** A probe is over after this long, however far it has come. */
  lifeMs: number;
  /** With credentials that are good until then. */
  iceServersFor(holder: string, until: number): IceServer[];
  log: Logger;
};

/** Lessons go first: more rooms than this do not measure their links at once on one node. */
const mostProbes = 64;
const bitrate = 600_000;
/** What makes transports, producers and consumers: a probe does so twice for each of three ways. */
const costlyRate: Rate = { burst: 12, perSecond: 0.2 };
const costly: ReadonlySet<ProbeMethod> = new Set(['beginPath', 'echo']);

type Way = { send: WebRtcTransport; receive: WebRtcTransport; producer?: Producer; consumer?: Consumer };
type Handlers = {
  [M in ProbeMethod]: (data: z.output<(typeof probeRequests)[M]['data']>) => Promise<ProbeAnswer<M>>;
};

export type LinkProbes = {
  /** Takes the socket of a room that measures its link. */
  accept(socket: WebSocket): void;
  /** The device has lost its access. */
  putOut(deviceId: string): void;
};

/** One probe a device: the next ends the one before, whose socket may only not have noticed yet that its line is gone. */
export function createLinkProbes(options: LinkProbeOptions): LinkProbes {
  let running = 0;
  /** By device: what ends its probe. */
  const endings = new Map<string, (code: number, reason: string) => void>();

  function accept(socket: WebSocket): void {
    let lease: RouterLease | null = null;
    let way: Way | null = null;
    let ofDevice: string | null = null;
    let ended = false;
    const costlyAllowance = new Allowance(costlyRate);
    const life = setTimeout(() => finish(closeCodes.timeout, 'probe_over'), options.lifeMs);
    const unproved = setTimeout(() => connection.close(closeCodes.timeout, 'no_token'), requestTimeoutMs);

    async function openWay({ router, webRtcServer }: RouterLease): Promise<Way> {
      const open = () =>
        router.createWebRtcTransport({
          webRtcServer,
          enableUdp: true,
          enableTcp: true,
          preferUdp: true,
          initialAvailableOutgoingBitrate: bitrate,
        });
      const [send, receive] = await Promise.all([open(), open()]);
      await send.setMaxIncomingBitrate(bitrate);
      return { send, receive };
    }

    function closeWay(): void {
      way?.send.close();
      way?.receive.close();
      way = null;
    }

    function ready(): Way {
      if (!way) throw new ClassroomError('not_found');
      if (way.send.closed) throw new ClassroomError('media_unavailable');
      return way;
    }

    const handlers: Handlers = {
      async openProbe({ token }) {
        const signed = await verifyProbeToken(token, options.tokenSecret);
        const { deviceId } = signed.claims;
        options.lostAccess.refuse(deviceId, signed.signedAt);
        if (ended) throw new ClassroomError('not_joined');
        options.usedTokens.use(signed, deviceId);
        endings.get(deviceId)?.(closeCodes.replaced, 'replaced');
        if (running >= mostProbes) throw new ClassroomError('too_many_requests');
        running += 1;
        ofDevice = deviceId;
        endings.set(deviceId, finish);
        try {
          lease = await options.pool.openRouter();
        } catch (cause) {
          leave();
          throw cause;
        }
        clearTimeout(unproved);
        connection.welcome();
        // Whoever left meanwhile, or was put out, leaves no router behind.
        if (ended || socket.readyState !== socket.OPEN) end();
        return {
          routerRtpCapabilities: options.routerRtpCapabilities,
          iceServers: options.iceServersFor(deviceId, Date.now() + options.lifeMs),
        };
      },

      async beginPath() {
        if (!lease) throw new ClassroomError('not_joined');
        closeWay();
        const opened = await openWay(lease);
        way = opened;
        return {
          sendTransport: transportParameters.parse(opened.send),
          receiveTransport: transportParameters.parse(opened.receive),
        };
      },

      async connectTransport({ transportId, dtlsParameters }) {
        const { send, receive } = ready();
        const transport = [send, receive].find(({ id }) => id === transportId);
        if (!transport) throw new ClassroomError('not_found');
        await connectTransport(transport, dtlsParameters);
        return {};
      },

      async echo({ rtpParameters, rtpCapabilities }) {
        const mine = ready();
        if (mine.producer) throw new ClassroomError('already_joined');
        try {
          mine.producer = await mine.send.produce({ kind: 'video', rtpParameters });
          const { id: producerId } = mine.producer;
          mine.consumer = await mine.receive.consume({ producerId, rtpCapabilities, paused: true });
        } catch (cause) {
          throw gone(cause) ?? new ClassroomError('bad_request', { cause });
        }
        const { id: producerId } = mine.producer;
        const { id, rtpParameters: echoed } = mine.consumer;
        return {
          producerId,
          consumer: probeRequests.echo.answer.shape.consumer.parse({ id, producerId, rtpParameters: echoed }),
        };
      },

      async resumeEcho() {
        const { consumer } = ready();
        if (!consumer) throw new ClassroomError('not_found');
        await consumer.resume();
        return {};
      },
    };

    async function answer({ method, data }: RequestFrame): Promise<unknown> {
      if (!isProbeMethod(method)) throw new ClassroomError('not_found');
      if (method === 'openProbe' && ofDevice !== null) throw new ClassroomError('already_joined');
      if (method !== 'openProbe' && !lease) throw new ClassroomError('not_joined');
      if (costly.has(method) && !costlyAllowance.take()) throw new ClassroomError('too_many_requests');
      try {
        return await call(handlers, method, data);
      } catch (cause) {
        if (cause instanceof ClassroomError && cause.status < 500) throw cause;
        throw gone(cause) ?? cause;
      }
    }

    /** When the probe or its worker ended under a call: mediasoup's own words for that tell nobody anything. */
    function gone(cause: unknown): ClassroomError | null {
      if (ended) return new ClassroomError('not_joined', { cause });
      return lease?.router.closed ? new ClassroomError('media_unavailable', { cause }) : null;
    }

    /** Gives its place to others. */
    function leave(): void {
      closeWay();
      lease?.release();
      lease = null;
      if (ofDevice === null) return;
      running -= 1;
      endings.delete(ofDevice);
      ofDevice = null;
    }

    function end(): void {
      clearTimeout(life);
      clearTimeout(unproved);
      ended = true;
      leave();
    }

    /** At once: the socket of a line that is gone closes late. */
    function finish(code: number, reason: string): void {
      end();
      connection.close(code, reason);
    }

    const connection = new Connection(socket, options.log, {
      onRequest: async (frame) => ({ data: await answer(frame) }),
      onClosed: end,
    });
  }

  return {
    accept,
    putOut: (deviceId) => endings.get(deviceId)?.(closeCodes.refused, 'access_ended'),
  };
}

function isProbeMethod(method: string): method is ProbeMethod {
  return Object.hasOwn(probeRequests, method);
}

/** TypeScript cannot see that a method's handler takes what its schema gives, hence the one cast. */
async function call(handlers: Handlers, method: ProbeMethod, data: unknown): Promise<unknown> {
  const parsed = probeRequests[method].data.safeParse(data);
  if (!parsed.success) throw new ClassroomError('bad_request', { cause: parsed.error });
  const handle = handlers[method] as (input: unknown) => Promise<unknown>;
  return await handle(parsed.data);
}
