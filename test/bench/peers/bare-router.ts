/**
 * mediasoup with nothing around it: one worker, one router, transports as our lessons open them. The first argument is
 * the worker's binary, the second a free port for its media. Says its port by IPC.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createWorker } from 'mediasoup';
import type {
  Consumer,
  DtlsParameters,
  MediaKind,
  PlainTransport,
  RtpCapabilities,
  RtpParameters,
  WebRtcTransport,
} from 'mediasoup/types';
import { routerCodecs } from '../../../media/codecs.ts';

const [workerBin, mediaPort] = process.argv.slice(2);
if (workerBin === undefined || mediaPort === undefined) throw new Error('bare-router.ts <worker> <port>');

const worker = await createWorker({ workerBin, logLevel: 'warn' });
const router = await worker.createRouter({ mediaCodecs: routerCodecs });
const place = { ip: '127.0.0.1', port: Number(mediaPort) };
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: [
    { protocol: 'udp', ...place },
    { protocol: 'tcp', ...place },
  ],
});
const transports = new Map<string, WebRtcTransport | PlainTransport>();
const consumers = new Map<string, Consumer>();

function transportOf(id: string): WebRtcTransport | PlainTransport {
  const found = transports.get(id);
  if (!found) throw new Error(`There is no transport ${id}.`);
  return found;
}

interface Asked {
  transportId: string;
  producerId: string;
  consumerId: string;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  rtpCapabilities: RtpCapabilities;
  dtlsParameters: DtlsParameters;
  /** Of who is sent plain RTP; who sends it is known by where it comes from. */
  port?: number;
}

/** Our own page alone asks, so what it sends is taken as it comes. */
const methods: Record<string, (asked: Asked) => Promise<unknown>> = {
  capabilities: async () => router.rtpCapabilities,
  async open() {
    const transport = await router.createWebRtcTransport({ webRtcServer, initialAvailableOutgoingBitrate: 800_000 });
    transports.set(transport.id, transport);
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return { id, iceParameters, iceCandidates, dtlsParameters };
  },
  async connect({ transportId, dtlsParameters }) {
    await transportOf(transportId).connect({ dtlsParameters });
    return {};
  },
  async openPlain({ port }) {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: place.ip },
      rtcpMux: true,
      comedia: port === undefined,
    });
    transports.set(transport.id, transport);
    if (port !== undefined) await transport.connect({ ip: place.ip, port });
    return { id: transport.id, port: transport.tuple.localPort };
  },
  async produce({ transportId, kind, rtpParameters }) {
    const { id } = await transportOf(transportId).produce({ kind, rtpParameters });
    return { id };
  },
  async consume({ transportId, producerId, rtpCapabilities }) {
    const consumer = await transportOf(transportId).consume({ producerId, rtpCapabilities, paused: true });
    consumers.set(consumer.id, consumer);
    const { id, kind, rtpParameters } = consumer;
    return { id, producerId, kind, rtpParameters };
  },
  async resume({ consumerId }) {
    await consumers.get(consumerId)?.resume();
    return {};
  },
};

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><body></body>');
    return;
  }
  const method = methods[request.url?.slice(1) ?? ''];
  json(request)
    .then((asked) => method?.(asked as Asked))
    .then((answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)))
    .catch((error: unknown) => response.writeHead(500).end(String(error)));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => {
  worker.close();
  process.exit(0);
});
