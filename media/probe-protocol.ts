import { z } from 'zod';
import { dtlsParameters, iceServer, rtpCapabilities, rtpParameters, transportParameters } from './webrtc-parameters.ts';

/**
 * The wire of a link probe: before a lesson a room sends a little picture to the media node and gets it back, once over
 * UDP, once over TCP, once through the relay. Frames are those of the classroom; the socket's address is `classroomPath`
 * with `?probeQuery`, so that whatever lets the classroom through lets the probe through. The end of the socket ends it.
 */
export const probeQuery = 'probe';
/** A probe is over after this long, however far it has come. */
export const probeLifeMs = 60_000;

const id = z.string().min(1).max(64);
const nothing = z.object({});

export const probeRequests = {
  /** First frame: a token of the API, for a device and one use. */
  openProbe: {
    data: z.object({ token: z.string().max(4096) }),
    answer: z.object({ routerRtpCapabilities: rtpCapabilities, iceServers: z.array(iceServer) }),
  },
  /** Fresh transports for one way of travelling; those of the way before are closed. */
  beginPath: {
    data: nothing,
    answer: z.object({ sendTransport: transportParameters, receiveTransport: transportParameters }),
  },
  connectTransport: { data: z.object({ transportId: id, dtlsParameters }), answer: nothing },
  /** Sends a picture, and has it sent back; the consumer is paused until `resumeEcho`. */
  echo: {
    data: z.object({ rtpParameters, rtpCapabilities }),
    answer: z.object({ producerId: id, consumer: z.object({ id, producerId: id, rtpParameters }) }),
  },
  resumeEcho: { data: nothing, answer: nothing },
} as const;

export type ProbeMethod = keyof typeof probeRequests;
export type ProbeData<M extends ProbeMethod> = z.input<(typeof probeRequests)[M]['data']>;
export type ProbeAnswer<M extends ProbeMethod> = z.output<(typeof probeRequests)[M]['answer']>;
