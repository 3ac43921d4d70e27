import type { types } from 'mediasoup-client';
import { signJoinToken } from '../../../media/index.ts';
import { classroomPath, type RtpCapabilities } from '../../../media/protocol.ts';
import { ClassroomClient } from '../../media/environment/classroom-client.ts';
import { freePorts } from '../../media/environment/ports.ts';
import type { BareAnswers } from '../peers/bare-protocol.ts';
import { launchPeer } from '../peers/launch.ts';
import { classSessionId, tokenSecret } from '../peers/media-node-access.ts';
import { mediaProcesses } from '../process-usage.ts';
import { say } from '../product.ts';
import { kinds } from './lesson-packets.ts';
import { type Presenting, presentPlain, presentWebRtc, sentParameters } from './presenters.ts';
import type { Receivers } from './receivers.ts';
import { answerOf, dtlsOf, offerOf, type Stream, type TransportSide } from './sdp.ts';

/** Something that forwards a lesson, freshly started. */
export interface Sfu {
  /** The processes whose time counts. */
  pids: readonly number[];
  present(): Promise<Presenting>;
  /** Lets so many receivers in, each with sound and picture. @returns the ports at which they receive */
  admit(receivers: Receivers, count: number): Promise<number[]>;
  stop(): Promise<void>;
}

export const address = '127.0.0.1';
/** How many come in at once: a whole school at the bell. */
const atOnce = 10;

export async function inBatches(count: number, work: (index: number) => Promise<void>): Promise<void> {
  for (let start = 0; start < count; start += atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, count - start) }, (_, index) => work(start + index));
    await Promise.all(batch);
  }
}

interface Consumed {
  kind: types.MediaKind;
  rtpParameters: Pick<types.RtpParameters, 'codecs' | 'encodings'>;
}

function streamOf({ kind, rtpParameters }: Consumed): Stream {
  const [codec, encoding] = [rtpParameters.codecs[0], rtpParameters.encodings?.[0]];
  if (!codec || encoding?.ssrc === undefined) throw new Error('A stream without a codec or a source.');
  return { kind, payloadType: codec.payloadType, ssrc: encoding.ssrc };
}

/** What the clients can receive: no retransmission streams, no header extensions. */
function receivable<C extends { mimeType: string }>(codecs: readonly C[] | undefined) {
  return { codecs: (codecs ?? []).filter(({ mimeType }) => /opus|vp8/i.test(mimeType)), headerExtensions: [] };
}

async function startBare(workerBin: string) {
  const peer = await launchPeer('bare-router.ts', [workerBin, String(await freePorts(1))]);
  async function ask<M extends keyof BareAnswers>(method: M, data: unknown = {}): Promise<BareAnswers[M]> {
    const answer = await fetch(`${peer.address}/${method}`, { method: 'POST', body: JSON.stringify(data) });
    if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`);
    return (await answer.json()) as BareAnswers[M];
  }
  const { codecs } = await ask('capabilities');
  const rtpCapabilities = receivable(codecs);
  const producers: string[] = [];
  async function produce(transportId: string): Promise<void> {
    for (const kind of kinds) {
      const { id } = await ask('produce', { transportId, kind, rtpParameters: sentParameters(kind) });
      producers.push(id);
    }
  }
  const consume = (transportId: string) =>
    Promise.all(producers.map((producerId) => ask('consume', { transportId, producerId, rtpCapabilities })));
  const resume = (consumers: readonly { id: string }[]) =>
    Promise.all(consumers.map(({ id }) => ask('resume', { consumerId: id })));
  return { ask, produce, consume, resume, pids: await mediaProcesses(peer.pid), stop: () => peer.stop() };
}

/** A mediasoup router and nothing else, sending plain RTP. */
export async function barePlain(workerBin: string): Promise<Sfu> {
  const { ask, produce, consume, resume, pids, stop } = await startBare(workerBin);
  return {
    pids,
    stop,
    async present() {
      const { id, port } = await ask('openPlain');
      await produce(id);
      return presentPlain({ audio: port, video: port }, true);
    },
    async admit(receivers, count) {
      const ports = await receivers.listen({ count });
      await inBatches(count, async (index) => {
        const { id } = await ask('openPlain', { port: ports[index] });
        await resume(await consume(id));
      });
      return ports;
    },
  };
}

/** A mediasoup router and nothing else, with WebRTC clients. */
export async function bareWebRtc(workerBin: string): Promise<Sfu> {
  const { ask, produce, consume, resume, pids, stop } = await startBare(workerBin);
  return {
    pids,
    stop,
    async present() {
      const side = await ask('open');
      const answer = async (offer: string) => {
        await ask('connect', { transportId: side.id, dtlsParameters: dtlsOf(offer) });
        return answerOf(side, kinds);
      };
      return presentWebRtc(address, answer, () => produce(side.id));
    },
    async admit(receivers, count) {
      await inBatches(count, async () => {
        const side = await ask('open');
        const consumers = await consume(side.id);
        const answer = await receivers.accept({ offer: offerOf(side, consumers.map(streamOf)), address });
        await ask('connect', { transportId: side.id, dtlsParameters: dtlsOf(answer) });
        await resume(consumers);
      });
      return receivers.connected();
    },
  };
}

const reportEveryMs = 2_000;
const goodLine = {
  rttMs: 20,
  loss: 0,
  downKbps: 1_000,
  upKbps: 0,
  fps: 25,
  frozen: 0,
  concealed: 0,
  path: 'udp',
} as const;

/** Our media node: rooms, signalling and, where the lesson is live, the recording. */
export async function ours(workerBin: string, folder: string, state: 'live' | 'scheduled' = 'live'): Promise<Sfu> {
  const peer = await launchPeer('media-node.ts', [workerBin, String(await freePorts(1)), folder, state]);
  const clients: ClassroomClient[] = [];
  const timers: NodeJS.Timeout[] = [];

  /** What is on its way. */
  const reports = new Set<Promise<unknown>>();
  let refused = 0;
  let why = '';
  function report(client: ClassroomClient): void {
    const sent = client
      .request('reportLink', goodLine)
      .catch((error: unknown) => {
        refused += 1;
        why = String(error);
      })
      .finally(() => reports.delete(sent));
    reports.add(sent);
  }

  async function join(token: string) {
    const client = await ClassroomClient.connect(`${peer.address.replace('http', 'ws')}${classroomPath}`);
    clients.push(client);
    const { codecs } = await client.capabilities();
    const rtpCapabilities: RtpCapabilities = receivable(codecs);
    return { client, joined: await client.request('join', { token, rtpCapabilities }) };
  }

  const connect = (client: ClassroomClient, { id }: { id: string }, description: string) =>
    client.request('connectTransport', { transportId: id, dtlsParameters: dtlsOf(description) });

  return {
    pids: await mediaProcesses(peer.pid),
    async present() {
      const sources = ['camera', 'microphone'] as const;
      const who = { role: 'presenter', classSessionId, name: '语文教师一', accountId: 'teacher' } as const;
      const { client, joined } = await join(await signJoinToken({ ...who, sources: [...sources] }, tokenSecret));
      const side: (TransportSide & { id: string }) | null = joined.sendTransport;
      if (!side) throw new Error('The presenter may not send.');
      const answer = async (offer: string) => {
        await connect(client, side, offer);
        return answerOf(side, kinds);
      };
      return presentWebRtc(address, answer, async () => {
        await client.request('produce', { source: 'microphone', rtpParameters: sentParameters('audio') });
        await client.request('produce', { source: 'camera', rtpParameters: sentParameters('video') });
      });
    },
    async admit(receivers, count) {
      await inBatches(count, async (index) => {
        const who = { role: 'receiver', classSessionId, name: `${index}班` } as const;
        const device = { deviceId: `device-${index}`, roomId: `room-${index}` };
        const { client, joined } = await join(
          await signJoinToken({ ...who, ...device, sources: ['camera', 'microphone'] }, tokenSecret),
        );
        const side = joined.receiveTransport;
        const offer = offerOf(side, joined.consumers.map(streamOf));
        await connect(client, side, await receivers.accept({ offer, address }));
        await client.request('resumeConsumers', { consumerIds: joined.consumers.map(({ id }) => id) });
        timers.push(setInterval(() => report(client), reportEveryMs));
      });
      return receivers.connected();
    },
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(reports);
      if (refused > 0) say(`  ${refused} reports of lines were refused, the last with ${why}`);
      for (const client of clients) client.drop();
      await peer.stop();
    },
  };
}
