import { z } from 'zod';

/**
 * The WebRTC parameters that travel over the classroom's wire, shaped as mediasoup and mediasoup-client type them
 * (after the W3C ORTC API). Lengths are bounded, so that a hostile peer cannot make the server keep or parse more
 * than a browser would ever send.
 */

const text = z.string().max(1024);
const unsigned = z.number().int().nonnegative();
const payloadType = unsigned.max(127);

const mediaKind = z.enum(['audio', 'video']);

/** Values of an SDP `fmtp` line, such as `useinbandfec` or `profile-level-id`. */
const codecParameters = z.record(text, z.union([text, z.number(), z.boolean(), z.null()]));

const rtcpFeedback = z.object({ type: text, parameter: text.optional() });

/** The header extensions that both mediasoup and mediasoup-client know. */
export const headerExtensionUri = z.enum([
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  'urn:3gpp:video-orientation',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
  'urn:mediasoup:params:rtp-hdrext:packet-id',
]);

export const rtpCapabilities = z.object({
  codecs: z
    .array(
      z.object({
        kind: mediaKind,
        mimeType: text,
        preferredPayloadType: payloadType,
        clockRate: unsigned,
        channels: unsigned.max(8).optional(),
        parameters: codecParameters.optional(),
        rtcpFeedback: z.array(rtcpFeedback).max(16).optional(),
      }),
    )
    .max(32),
  headerExtensions: z
    .array(
      z.object({
        kind: mediaKind,
        uri: headerExtensionUri,
        preferredId: unsigned.max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64),
});
export type RtpCapabilities = z.infer<typeof rtpCapabilities>;

const level = z.enum(['very-low', 'low', 'medium', 'high']);

export const rtpParameters = z.object({
  mid: text.optional(),
  codecs: z
    .array(
      z.object({
        mimeType: text,
        payloadType,
        clockRate: unsigned,
        channels: unsigned.max(8).optional(),
        parameters: codecParameters.optional(),
        rtcpFeedback: z.array(rtcpFeedback).max(16).optional(),
      }),
    )
    .min(1)
    .max(8),
  headerExtensions: z
    .array(
      z.object({
        uri: headerExtensionUri,
        id: unsigned.max(255),
        encrypt: z.boolean().optional(),
        parameters: codecParameters.optional(),
      }),
    )
    .max(32)
    .optional(),
  encodings: z
    .array(
      z.object({
        active: z.boolean().optional(),
        ssrc: unsigned.optional(),
        rid: text.optional(),
        codecPayloadType: payloadType.optional(),
        rtx: z.object({ ssrc: unsigned }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: text.optional(),
        scaleResolutionDownBy: z.number().positive().optional(),
        maxBitrate: unsigned.optional(),
        maxFramerate: z.number().nonnegative().optional(),
        adaptivePtime: z.boolean().optional(),
        priority: level.optional(),
        networkPriority: level.optional(),
      }),
    )
    .max(8)
    .optional(),
  rtcp: z
    .object({ cname: text.optional(), reducedSize: z.boolean().optional(), mux: z.boolean().optional() })
    .optional(),
  msid: text.optional(),
});
export type RtpParameters = z.infer<typeof rtpParameters>;

export const iceParameters = z.object({ usernameFragment: text, password: text, iceLite: z.boolean().optional() });

const iceCandidate = z.object({
  foundation: text,
  priority: unsigned,
  ip: text,
  address: text,
  protocol: z.enum(['udp', 'tcp']),
  port: unsigned.max(65_535),
  type: z.literal('host'),
  tcpType: z.literal('passive').optional(),
});

export const dtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(z.object({ algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']), value: text }))
    .min(1)
    .max(8),
});

/** What mediasoup-client's `createSendTransport` / `createRecvTransport` takes. */
export const transportParameters = z.object({
  id: z.string().max(64),
  iceParameters,
  iceCandidates: z.array(iceCandidate).max(32),
  dtlsParameters,
});
export type TransportParameters = z.infer<typeof transportParameters>;

/** An `RTCIceServer`. The credential is short-lived where it belongs to a TURN server. */
export const iceServer = z.object({
  urls: z.array(text).min(1).max(8),
  username: text.optional(),
  credential: text.optional(),
});
export type IceServer = z.infer<typeof iceServer>;

/** Whether an address of an ICE server is a relay's (RFC 7065). */
export const isTurn = (url: string): boolean => /^turns?:/i.test(url);
