import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { freePorts } from '../../media/environment/ports.ts';
import { kinds, payloadTypes } from './lesson-packets.ts';
import { presentPlain, presentWebRtc } from './presenters.ts';
import { address, inBatches, type Sfu } from './sfus.ts';

const library = '/usr/lib/x86_64-linux-gnu/janus';
/** What the bench does not use, and Debian's package loads. */
const withoutPlugins = [
  'audiobridge',
  'duktape',
  'echotest',
  'lua',
  'nosip',
  'recordplay',
  'sip',
  'textroom',
  'videocall',
];
const withoutTransports = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'];
const disabled = (names: readonly string[]) => names.map((name) => `libjanus_${name}.so`).join(',');
const startWithinMs = 10_000;
const answerWithinMs = 20_000;
const place = 1;

/** Janus (libnice) leaves the loopback's address out of its candidates; packets to the machine's own go the same way. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (!found) throw new Error('Janus needs an address of the machine that is not the loopback.');
  return found.address;
}

const frame = z.object({
  janus: z.string(),
  transaction: z.string().optional(),
  data: z.object({ id: z.number() }).optional(),
  plugindata: z.object({ data: z.record(z.string(), z.unknown()) }).optional(),
  jsep: z.object({ type: z.string(), sdp: z.string() }).optional(),
  error: z.object({ reason: z.string() }).optional(),
});
type Frame = z.output<typeof frame>;

/** Janus' own protocol, as far as it is needed. */
class JanusClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, (frame: Frame) => void>();
  #sent = 0;
  #session: number | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (text) => {
      const received = frame.parse(JSON.parse(String(text)));
      // What a plugin does comes after the word that it was heard.
      if (received.janus !== 'ack') this.#waiting.get(received.transaction ?? '')?.(received);
    });
  }

  static async connect(url: string): Promise<JanusClient> {
    const socket = new WebSocket(url, 'janus-protocol');
    await once(socket, 'open');
    const client = new JanusClient(socket);
    client.#session = (await client.ask({ janus: 'create' })).data?.id;
    return client;
  }

  async ask(request: Record<string, unknown>): Promise<Frame> {
    this.#sent += 1;
    const transaction = String(this.#sent);
    const answered = new Promise<Frame>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Janus does not answer: ${JSON.stringify(request)}`)),
        answerWithinMs,
      );
      this.#waiting.set(transaction, (received) => {
        clearTimeout(timer);
        resolve(received);
      });
    });
    const session = this.#session === undefined ? {} : { session_id: this.#session };
    this.#socket.send(JSON.stringify({ ...request, transaction, ...session }));
    const received = await answered;
    this.#waiting.delete(transaction);
    const refusal = received.error?.reason ?? received.plugindata?.data.error;
    if (refusal !== undefined) throw new Error(`Janus refuses ${JSON.stringify(request)}: ${String(refusal)}`);
    return received;
  }

  async attach(plugin: 'streaming' | 'videoroom'): Promise<number> {
    const { data } = await this.ask({ janus: 'attach', plugin: `janus.plugin.${plugin}` });
    if (!data) throw new Error('Janus gave no handle.');
    return data.id;
  }

  message(
    handle: number,
    body: Record<string, unknown>,
    jsep?: { type: 'offer' | 'answer'; sdp: string },
  ): Promise<Frame> {
    return this.ask({ janus: 'message', handle_id: handle, body, ...(jsep && { jsep }) });
  }

  close(): void {
    this.#socket.terminate();
  }
}

async function startJanus(folder: string) {
  const port = await freePorts(3);
  const [webSocket, audio, video] = [port, port + 1, port + 2];
  const settings = join(folder, 'janus');
  await mkdir(settings, { recursive: true });
  // A fixed number of event loops is what its authors advise for many receivers; by default each has a thread of its own.
  await writeFile(
    join(settings, 'janus.jcfg'),
    `general: {
      configs_folder = "${settings}"
      plugins_folder = "${library}/plugins"
      transports_folder = "${library}/transports"
      debug_level = 1
      session_timeout = 0
      event_loops = 1
    }
    plugins: { disable = "${disabled(withoutPlugins)}" }
    transports: { disable = "${disabled(withoutTransports)}" }`,
  );
  await writeFile(
    join(settings, 'janus.transport.websockets.jcfg'),
    `general: { json = "compact" ws = true ws_port = ${webSocket} ws_ip = "${address}" }`,
  );
  await writeFile(
    join(settings, 'janus.plugin.streaming.jcfg'),
    `lesson: {
      type = "rtp"
      id = ${place}
      media = (
        { type = "audio", mid = "a", label = "sound", port = ${audio}, pt = ${payloadTypes.audio}, codec = "opus" },
        { type = "video", mid = "v", label = "picture", port = ${video}, pt = ${payloadTypes.video}, codec = "vp8" }
      )
    }`,
  );
  await writeFile(
    join(settings, 'janus.plugin.videoroom.jcfg'),
    `room-${place}: { description = "lesson" publishers = 1 audiocodec = "opus" videocodec = "vp8" bitrate = 6000000 }`,
  );
  const janus = spawn('janus', ['-C', join(settings, 'janus.jcfg'), '-F', settings], { stdio: 'ignore' });
  const ended = once(janus, 'exit');
  // It does not notice when the bench is gone.
  const withUs = () => void janus.kill('SIGKILL');
  process.on('exit', withUs);
  async function stop(): Promise<void> {
    if (janus.exitCode === null && janus.signalCode === null) {
      // It would say goodbye to each receiver.
      janus.kill('SIGKILL');
      await ended;
    }
    process.off('exit', withUs);
  }
  try {
    await once(janus, 'spawn');
    if (janus.pid === undefined) throw new Error('Janus has no process.');
    for (const deadline = Date.now() + startWithinMs; ; await sleep(100)) {
      const client = await JanusClient.connect(`ws://${address}:${webSocket}`).catch(() => null);
      if (client) return { client, pids: [janus.pid], ports: { audio, video }, stop };
      if (Date.now() > deadline || janus.exitCode !== null) throw new Error('Janus did not start.');
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Janus' streaming plugin: plain RTP in, WebRTC clients. */
export async function janusWebRtc(folder: string): Promise<Sfu> {
  const { client, pids, ports, stop } = await startJanus(folder);
  const own = ownAddress();
  return {
    pids,
    present: () => presentPlain(ports, false),
    async admit(receivers, count) {
      await inBatches(count, async () => {
        const handle = await client.attach('streaming');
        const { jsep } = await client.message(handle, { request: 'watch', id: place });
        if (!jsep) throw new Error('Janus offers nothing.');
        const sdp = await receivers.accept({ offer: jsep.sdp, address: own });
        await client.message(handle, { request: 'start' }, { type: 'answer', sdp });
      });
      return receivers.connected();
    },
    async stop() {
      client.close();
      await stop();
    },
  };
}

/** Janus' video room: a WebRTC presenter, whose packets it forwards as plain RTP. */
export async function janusPlain(folder: string): Promise<Sfu> {
  const { client, pids, stop } = await startJanus(folder);
  const own = ownAddress();
  const handle = await client.attach('videoroom');
  let publisher: unknown;
  return {
    pids,
    async present() {
      const joined = await client.message(handle, { request: 'join', ptype: 'publisher', room: place });
      publisher = joined.plugindata?.data.id;
      return presentWebRtc(own, async (sdp) => {
        const { jsep } = await client.message(
          handle,
          { request: 'configure', audio: true, video: true },
          { type: 'offer', sdp },
        );
        if (!jsep) throw new Error('Janus does not answer the presenter.');
        return jsep.sdp;
      });
    },
    async admit(receivers, count) {
      const ports = await receivers.listen({ count });
      for (const port of ports) {
        const streams = kinds.map((mid) => ({ mid, host: address, port }));
        await client.message(handle, {
          request: 'rtp_forward',
          room: place,
          publisher_id: publisher,
          host: address,
          streams,
        });
      }
      return ports;
    },
    async stop() {
      client.close();
      await stop();
    },
  };
}
