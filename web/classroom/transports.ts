import type { types } from 'mediasoup-client';
import { type ConsumerParameters, type RequestAnswer, requests, type Source } from '../../media/protocol.ts';
import type { Connection } from './connection.ts';
import { createIceRepair, type IceRepair } from './ice-repair.ts';
import { sendingProfile } from './sending-profiles.ts';
import { type SilenceWatch, watchSilence } from './silence-watch.ts';

type Opened = Pick<RequestAnswer<'openTransports'>, 'sendTransport' | 'receiveTransport'>;

export interface TransportsOptions {
  device: types.Device;
  iceServers: RTCIceServer[];
  opened: Opened;
  request: Connection['request'];
  /** ICE restarts have failed three times. */
  rebuild(): Promise<void>;
  receivingChanged(state: types.ConnectionState): void;
  /** Whether somebody is sending what should come here. */
  expecting(): boolean;
  /** No packet comes any more that should. */
  doubtful(): void;
  /** Packets have been missing for a second or more, and come again. */
  heardAgain(): void;
  /** The same of what is received. */
  mediaBack(): void;
}

/** A restart is asked for when nothing comes in: if nothing is heard of the node either for so long, the socket is dead. */
const restartWithinMs = 2_500;

/** The two transports of one epoch: closed together, never reopened. */
export interface Transports {
  /** Null for those who may never send. */
  readonly send: types.Transport | null;
  readonly receive: types.Transport;
  produce(source: Source, track: MediaStreamTrack, music: boolean, paused: boolean): Promise<types.Producer>;
  consume(parameters: ConsumerParameters): Promise<types.Consumer>;
  lineBack(): void;
  /** The network is another one. */
  networkChanged(): void;
  close(): void;
}

export function openTransports(options: TransportsOptions): Transports {
  const { device, iceServers, opened, request } = options;
  const repairs: IceRepair[] = [];

  function watched(transport: types.Transport, changed?: (state: types.ConnectionState) => void): types.Transport {
    const repair = createIceRepair({
      async restart() {
        const { iceParameters } = await request('restartIce', { transportId: transport.id }, restartWithinMs);
        await transport.restartIce({ iceParameters });
      },
      rebuild: options.rebuild,
    });
    repairs.push(repair);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      request('connectTransport', { transportId: transport.id, dtlsParameters }).then(() => done(), fail);
    });
    transport.on('connectionstatechange', (state) => {
      repair.stateChanged(state);
      changed?.(state);
    });
    return transport;
  }

  const receive = watched(
    device.createRecvTransport({ ...opened.receiveTransport, iceServers }),
    options.receivingChanged,
  );
  const send = opened.sendTransport
    ? watched(device.createSendTransport({ ...opened.sendTransport, iceServers }))
    : null;
  const nudge = (): void => {
    for (const repair of repairs) repair.nudge();
  };
  function listen(transport: types.Transport, expected: () => boolean, back?: () => void): SilenceWatch {
    // Before it was ever connected, a restart would only be in the way.
    let connected = false;
    transport.on('connectionstatechange', (state) => {
      connected ||= state === 'connected';
    });
    return watchSilence({
      transport,
      expected: () => connected && expected(),
      doubtful: options.doubtful,
      silent: nudge,
      back() {
        options.heardAgain();
        back?.();
      },
    });
  }
  const silences = [listen(receive, options.expecting, options.mediaBack)];
  /** A camera's packets are answered ten times a second (transport-wide congestion control); a still screen sends none. */
  let camera: types.Producer | null = null;
  const filming = (): boolean =>
    camera !== null && !camera.closed && !camera.paused && camera.track?.readyState === 'live' && !camera.track.muted;
  if (send) silences.push(listen(send, filming));
  send?.on('produce', ({ rtpParameters, appData }, done, fail) => {
    const { source, paused } = appData as { source: Source; paused: boolean };
    const parsed = requests.produce.data.shape.rtpParameters.parse(rtpParameters);
    request('produce', { source, paused, rtpParameters: parsed }).then(
      ({ producerId }) => done({ id: producerId }),
      fail,
    );
  });

  return {
    send,
    receive,
    async produce(source, track, music, paused) {
      if (!send) throw new Error('This role sends nothing.');
      const producer = await send.produce({
        track,
        ...sendingProfile(source, music),
        stopTracks: false,
        disableTrackOnPause: false,
        zeroRtpOnPause: true,
        appData: { source, paused },
      });
      if (paused) producer.pause();
      if (source === 'camera') camera = producer;
      return producer;
    },
    consume({ id, producerId, kind, rtpParameters, participantId, source }) {
      // Sound and picture of one sender share a stream id, so that the browser keeps lips and voice together.
      const origin = source === 'screen' || source === 'screenAudio' ? 'screen' : 'person';
      return receive.consume({ id, producerId, kind, rtpParameters, streamId: `${participantId}-${origin}` });
    },
    lineBack() {
      for (const repair of repairs) repair.lineBack();
      if (silences.some((silence) => silence.quiet())) nudge();
    },
    networkChanged: nudge,
    close() {
      for (const silence of silences) silence.stop();
      for (const repair of repairs) repair.stop();
      send?.close();
      receive.close();
    },
  };
}
