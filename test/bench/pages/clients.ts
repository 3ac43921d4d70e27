/**
 * Runs in a browser, as one script of its own: a presenter and many receivers in one page, in a lesson of ours or in a
 * bare router's. Both send and receive the same, with the same library.
 */
import { Device, type types } from 'mediasoup-client';
import { createClassroom } from '../../../web/classroom/classroom.ts';
import { sendingProfile } from '../../../web/classroom/sending-profiles.ts';
import type { BareAnswers } from '../peers/bare-protocol.ts';

declare global {
  interface Window {
    bench: typeof bench;
    /** Given by the bench: a place in the lesson for the presenter (0) or a receiver. */
    admit(who: number): Promise<{ token: string; url: string }>;
  }
}

const sources = ['camera', 'microphone'] as const;

async function capture(): Promise<Record<(typeof sources)[number], MediaStreamTrack>> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
  const [camera, microphone] = [stream.getVideoTracks()[0], stream.getAudioTracks()[0]];
  if (!camera || !microphone) throw new Error('There is no camera or no microphone.');
  return { camera, microphone };
}

/** What is received is played by an element each, or the browser would leave the packets undecoded and unacknowledged. */
function play(track: MediaStreamTrack): void {
  const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
  element.muted = track.kind === 'video';
  element.srcObject = new MediaStream([track]);
  document.body.append(element);
  void element.play();
}

const joinWithinMs = 30_000;

async function until(what: string, done: () => boolean): Promise<void> {
  const deadline = Date.now() + joinWithinMs;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${joinWithinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What everybody receives by. */
const receiving: Pick<types.Transport, 'getStats'>[] = [];

/** Our lesson: the web's own classroom for everybody. */
async function joinOurs(receivers: number): Promise<void> {
  const presenter = createClassroom({ admit: () => window.admit(0) });
  for (const [source, track] of Object.entries(await capture())) {
    presenter.sending.set(source as (typeof sources)[number], track);
  }
  await until('the presenter sends', () =>
    sources.every((source) => presenter.sending.states.get(source) === 'sending'),
  );
  for (let number = 1; number <= receivers; number += 1) {
    const receiver = createClassroom({ admit: () => window.admit(number) });
    await until(`receiver ${number} has both tracks`, () => receiver.tracks.value.length === sources.length);
    for (const { track } of receiver.tracks.value) play(track);
    receiving.push({ getStats: async () => (await receiver.transports()?.receive.getStats()) ?? new Map() });
  }
}

async function ask<M extends keyof BareAnswers>(method: M, data: unknown = {}): Promise<BareAnswers[M]> {
  const answer = await fetch(`/${method}`, { method: 'POST', body: JSON.stringify(data) });
  if (!answer.ok) throw new Error(`${method}: ${await answer.text()}`);
  return (await answer.json()) as BareAnswers[M];
}

async function openTransport(device: types.Device, kind: 'send' | 'receive'): Promise<types.Transport> {
  const opened = await ask('open');
  const transport = kind === 'send' ? device.createSendTransport(opened) : device.createRecvTransport(opened);
  const transportId = transport.id;
  transport.on('connect', ({ dtlsParameters }, done, fail) => {
    ask('connect', { transportId, dtlsParameters }).then(() => done(), fail);
  });
  transport.on('produce', ({ kind: media, rtpParameters }, done, fail) => {
    ask('produce', { transportId, kind: media, rtpParameters }).then(done, fail);
  });
  return transport;
}

/** The same media through a router and nothing else. */
async function joinBare(receivers: number): Promise<void> {
  const device = await Device.factory();
  await device.load({ routerRtpCapabilities: await ask('capabilities') });
  const sending = await openTransport(device, 'send');
  const tracks = await capture();
  const producers: string[] = [];
  for (const source of sources) {
    const { id } = await sending.produce({ track: tracks[source], ...sendingProfile(source, false) });
    producers.push(id);
  }
  for (let number = 1; number <= receivers; number += 1) {
    const transport = await openTransport(device, 'receive');
    receiving.push(transport);
    for (const producerId of producers) {
      const rtpCapabilities = device.recvRtpCapabilities;
      const consumer = await transport.consume(
        await ask('consume', { transportId: transport.id, producerId, rtpCapabilities }),
      );
      await ask('resume', { consumerId: consumer.id });
      play(consumer.track);
    }
  }
}

/** How many pictures are moving, and the bytes that all have received: what is compared must have worked. */
async function received(): Promise<{ videos: number; bytes: number }> {
  const videos = [...document.querySelectorAll('video')];
  let bytes = 0;
  for (const transport of receiving) {
    for (const report of (await transport.getStats()).values()) {
      if (report.type === 'inbound-rtp') bytes += report.bytesReceived + report.headerBytesReceived;
    }
  }
  return { videos: videos.filter((video) => video.videoHeight > 0 && video.currentTime > 0).length, bytes };
}

const bench = { joinOurs, joinBare, received };
window.bench = bench;
