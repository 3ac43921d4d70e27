import { Device, type types } from 'mediasoup-client';
import { z } from 'zod';
import { isTurn, type ProbeAnswer, probeRequests } from '../../media/protocol.ts';
import type { Found } from '../api/types.ts';
import { ClassroomFailure } from '../classroom/failure.ts';
import { pause, within } from './pauses.ts';
import type { ProbeSocket } from './probe-socket.ts';
import { openTestPicture } from './test-picture.ts';

export type Way = 'udp' | 'tcp' | 'relay';
export type PathFound = Found['link']['udp'];
export type LinkPaths = Pick<Found['link'], Way>;

const connectWithinMs = 6000;
const measureMs = 3500;
const bitrate = 400_000;
export const unreachable: PathFound = { reachable: false, rttMs: null, lossUp: null, lossDown: null };

const number = z.number().catch(0);
const entry = z.object({
  type: z.string(),
  packetsSent: number,
  packetsReceived: number,
  packetsLost: z.number().optional(),
  nominated: z.boolean().optional(),
  currentRoundTripTime: z.number().optional(),
});

/** What the reports of both ends say (W3C webrtc-stats). */
export function pathOf(sending: Iterable<unknown>, receiving: Iterable<unknown>): PathFound {
  const [sent, received] = [sending, receiving].map((report) => [...report].map((stat) => entry.parse(stat)));
  const of = (stats: typeof sent, type: string) => stats?.find((stat) => stat.type === type);
  const pair = [...(sent ?? []), ...(received ?? [])].find(
    (stat) => stat.type === 'candidate-pair' && stat.nominated && stat.currentRoundTripTime !== undefined,
  );
  const inbound = of(received, 'inbound-rtp');
  const heard = of(sent, 'remote-inbound-rtp');
  const share = (lost: number | undefined, whole: number): number | null =>
    lost === undefined || whole <= 0 ? null : Math.min(1, Math.max(0, lost / whole));
  const arrived = inbound?.packetsReceived ?? 0;
  return {
    reachable: arrived > 0,
    rttMs: pair?.currentRoundTripTime === undefined ? null : Math.round(pair.currentRoundTripTime * 1000),
    lossUp: share(heard?.packetsLost, of(sent, 'outbound-rtp')?.packetsSent ?? 0),
    lossDown: share(inbound?.packetsLost, arrived + Math.max(0, inbound?.packetsLost ?? 0)),
  };
}

/** The transport's settings that leave the browser one way only. */
function only(way: Way, transport: ProbeAnswer<'beginPath'>['sendTransport'], iceServers: RTCIceServer[]) {
  const protocol = way === 'tcp' ? 'tcp' : 'udp';
  return {
    ...transport,
    iceCandidates: transport.iceCandidates.filter((candidate) => candidate.protocol === protocol),
    iceServers: way === 'relay' ? iceServers : [],
    iceTransportPolicy: way === 'relay' ? ('relay' as const) : ('all' as const),
  };
}

const connected = (transport: types.Transport): Promise<true> =>
  new Promise((done) => {
    transport.on('connectionstatechange', (state) => {
      if (state === 'connected') done(true);
    });
  });

/**
 * A way on which the browser makes no connection leads nowhere, and says nothing of the others.
 * @throws what the node refuses, and the end of its socket: then nothing was measured
 */
export async function ofOneWay(signal: AbortSignal, found: Promise<PathFound>): Promise<PathFound> {
  try {
    return await found;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ClassroomFailure) throw error;
    return unreachable;
  }
}

/** Sends a little picture to the node and back, over each way by itself. */
export async function probeLink(socket: ProbeSocket, token: string, signal: AbortSignal): Promise<LinkPaths> {
  const { routerRtpCapabilities, iceServers } = await socket.request('openProbe', { token });
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities });
  const rtpCapabilities = probeRequests.echo.data.shape.rtpCapabilities.parse(device.recvRtpCapabilities);
  const picture = openTestPicture();

  async function measure(way: Way): Promise<PathFound> {
    const begun = await socket.request('beginPath', {});
    const send = device.createSendTransport(only(way, begun.sendTransport, iceServers));
    const receive = device.createRecvTransport(only(way, begun.receiveTransport, iceServers));
    try {
      const echoes: ProbeAnswer<'echo'>[] = [];
      for (const transport of [send, receive]) {
        transport.on('connect', ({ dtlsParameters }, done, fail) => {
          socket.request('connectTransport', { transportId: transport.id, dtlsParameters }).then(() => done(), fail);
        });
      }
      send.on('produce', ({ rtpParameters }, done, fail) => {
        const parsed = probeRequests.echo.data.shape.rtpParameters.parse(rtpParameters);
        socket.request('echo', { rtpParameters: parsed, rtpCapabilities }).then((answer) => {
          echoes.push(answer);
          done({ id: answer.producerId });
        }, fail);
      });
      const both = Promise.all([connected(send), connected(receive)]);
      await send.produce({ track: picture.track, encodings: [{ maxBitrate: bitrate }], stopTracks: false });
      const [echo] = echoes;
      if (!echo) throw new Error('The node made no echo.');
      await receive.consume({ ...echo.consumer, kind: 'video' });
      await socket.request('resumeEcho', {});
      if ((await within(connectWithinMs, signal, both)) === null) return unreachable;
      await pause(measureMs, signal);
      const [sent, received] = await Promise.all([send.getStats(), receive.getStats()]);
      return pathOf(sent.values(), received.values());
    } finally {
      send.close();
      receive.close();
    }
  }

  const eachByItself = (way: Way) => ofOneWay(signal, measure(way));
  try {
    const udp = await eachByItself('udp');
    const tcp = await eachByItself('tcp');
    return { udp, tcp, relay: iceServers.some(({ urls }) => urls.some(isTurn)) ? await eachByItself('relay') : null };
  } finally {
    picture.close();
  }
}
