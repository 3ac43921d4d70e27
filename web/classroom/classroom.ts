import { Device, type types } from 'mediasoup-client';
import { type Ref, ref, shallowRef } from 'vue';
import { type RequestAnswer, requests, type Source } from '../../media/protocol.ts';
import { ApiError } from '../api/problem.ts';
import { speaksWebRtc } from './browser-support.ts';
import { type ClosedReason, type Connection, type ConnectionState, createConnection } from './connection.ts';
import { type FailureCode, failureCode } from './failure.ts';
import type { LineMemory } from './known-line.ts';
import { createLesson } from './lesson.ts';
import { createMessages } from './messages.ts';
import { onNetworkChange } from './network-change.ts';
import { createOwnLadder } from './own-ladder.ts';
import { createReceiving } from './receiving.ts';
import { createRoster } from './roster.ts';
import { createSending } from './sending.ts';
import { createSlides } from './slides.ts';
import { createStage } from './stage.ts';
import { openTransports, type Transports } from './transports.ts';

export interface ClassroomOptions {
  admit(signal: AbortSignal): Promise<{ token: string; url: string }>;
  isFinal?(error: unknown): boolean;
  /** The node does not let this source be sent, or let go of it. */
  refused?(source: Source, code: FailureCode): void;
  /** Where what the line carries is kept from one lesson to the next. */
  lineMemory?: LineMemory | null;
}

export interface Line {
  state: ConnectionState;
  reason: ClosedReason | null;
  /** Why it was closed, when the API refused. */
  error: unknown;
}

const rebuildAgainMs = 1_000;

/**
 * One class session as this browser lives it: the socket, the media and all state that is shown.
 * It needs no help with lost lines, new epochs or expired tokens; `leave` ends it.
 */
export function createClassroom(options: ClassroomOptions) {
  const { admit, isFinal, refused = () => undefined, lineMemory = null } = options;
  const line: Ref<Line> = shallowRef({ state: 'connecting', reason: null, error: null });
  const receivingState = ref<types.ConnectionState>('new');
  const request: Connection['request'] = (...args) => connection.request(...args);

  const lesson = createLesson();
  const roster = createRoster();
  const stage = createStage();
  const slides = createSlides(request);
  const messages = createMessages(request);
  const ladder = createOwnLadder(lineMemory);
  const receiving = createReceiving({ request, failed: () => rebuildSoon() });
  const sending = createSending({ request, refused, music: () => lesson.lesson.music.value });

  let device: types.Device | null = null;
  let transports: Transports | null = null;
  let iceServers: RTCIceServer[] = [];
  /** The epoch of our transports, and the node's as far as we have heard. */
  let epoch = -1;
  let nodeEpoch = -1;
  let rebuilding: Promise<void> | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;

  function take(snapshot: Parameters<typeof lesson.take>[0]): void {
    lesson.take(snapshot);
    roster.take(snapshot);
    stage.take(snapshot);
    slides.take(snapshot);
    messages.take(snapshot);
    ladder.take(snapshot);
  }

  function open(opened: RequestAnswer<'openTransports'>): void {
    if (!device) throw new Error('The device is loaded before the room is joined.');
    transports?.close();
    epoch = opened.epoch;
    nodeEpoch = opened.epoch;
    receivingState.value = 'new';
    transports = openTransports({
      device,
      iceServers,
      opened,
      request,
      rebuild,
      receivingChanged: (state) => {
        receivingState.value = state;
      },
      doubtful: () => connection.doubt(),
      heardAgain: () => connection.hurry(),
      mediaBack: () => receiving.beginAnew(),
      // Of a shared screen on which nothing moves next to nothing comes.
      expecting: () =>
        receiving.tracks.value.some(
          ({ kind, source, paused }) =>
            !paused && source !== 'screen' && (kind === 'audio' || ladder.ladder.picture.value),
        ),
    });
    receiving.attach(transports, opened.consumers);
    sending.attach(transports);
  }

  /** New transports for all media; calls that come while one runs share it. */
  function rebuild(): Promise<void> {
    rebuilding ??= request('openTransports', {})
      .then(open)
      .finally(() => {
        rebuilding = null;
      });
    return rebuilding;
  }

  /** Not a promise to wait for: a lost line shows itself when it is back, and a node that is busy is asked again. */
  function rebuildSoon(): void {
    rebuild().catch((error: unknown) => {
      if (failureCode(error) === 'line_lost') return;
      clearTimeout(retry);
      retry = setTimeout(() => {
        if (line.value.state === 'open' && nodeEpoch !== epoch) rebuildSoon();
      }, rebuildAgainMs);
    });
  }

  const connection = createConnection({
    admit,
    isFinal,
    async capabilities({ routerRtpCapabilities }) {
      if (!device) {
        if (!speaksWebRtc()) throw new ApiError('browser_unsupported', 0, null);
        const loading = await Device.factory();
        await loading.load({ routerRtpCapabilities });
        device = loading;
      }
      return requests.join.data.shape.rtpCapabilities.parse(device.recvRtpCapabilities);
    },
    line: ladder.remembered,
    joined(answer) {
      iceServers = answer.iceServers;
      roster.self.value = answer.participantId;
      take(answer);
      open(answer);
    },
    resumed(answer) {
      if (answer.kind === 'snapshot') {
        take(answer.snapshot);
        receiving.reconcile(answer.snapshot.consumers);
      }
      nodeEpoch = answer.kind === 'snapshot' ? answer.snapshot.epoch : answer.epoch;
    },
    handlers: {
      ...lesson.handlers,
      ...roster.handlers,
      ...stage.handlers,
      ...slides.handlers,
      ...messages.handlers,
      ...ladder.handlers,
      ...receiving.handlers,
      ...sending.handlers,
      reset(data) {
        nodeEpoch = data.epoch;
        rebuildSoon();
      },
    },
    changed(state, reason, error) {
      line.value = { state, reason, error };
      if (state === 'closed') close();
      if (state !== 'open') return;
      if (nodeEpoch !== epoch) rebuildSoon();
      else transports?.lineBack();
      receiving.lineBack();
      sending.lineBack();
      slides.lineBack();
    },
  });

  const forgetNetwork = onNetworkChange(() => transports?.networkChanged());

  function close(): void {
    clearTimeout(retry);
    forgetNetwork();
    sending.close();
    receiving.close();
    transports?.close();
    transports = null;
  }

  return {
    line,
    receivingState,
    lesson: lesson.lesson,
    roster: roster.roster,
    stage: stage.stage,
    slides: slides.slides,
    messages: messages.messages,
    ladder: ladder.ladder,
    tracks: receiving.tracks,
    receiverOf: receiving.receiverOf,
    sending: { states: sending.states, set: sending.set, pause: sending.pause, stop: sending.stop },
    transports: () => transports,
    request,
    leave: () => connection.leave(),
  };
}
export type Classroom = ReturnType<typeof createClassroom>;
