import type { Kind } from './lesson-packets.ts';
import { payloadTypes } from './lesson-packets.ts';

/** What mediasoup says of a transport, as both our wire and the bare router hand it on. */
export interface TransportSide {
  iceParameters: { usernameFragment: string; password: string };
  iceCandidates: readonly { foundation: string; priority: number; ip: string; protocol: string; port: number }[];
  dtlsParameters: { fingerprints: readonly { algorithm: string; value: string }[] };
}

/** One stream that the other side sends. */
export interface Stream {
  kind: Kind;
  payloadType: number;
  ssrc: number;
}

const codecs: Record<Kind, string> = { audio: 'opus/48000/2', video: 'VP8/90000' };

function session({ dtlsParameters }: TransportSide, mids: readonly string[], setup: string): string[] {
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (!fingerprint) throw new Error('The SFU has no SHA-256 fingerprint.');
  return [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', `a=group:BUNDLE ${mids.join(' ')}`, 'a=ice-lite'],
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    `a=setup:${setup}`,
  ];
}

function media(
  { iceParameters, iceCandidates }: TransportSide,
  kind: Kind,
  mid: string,
  payloadType: number,
): string[] {
  return [
    ...[`m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=rtcp-mux'],
    ...[`a=ice-ufrag:${iceParameters.usernameFragment}`, `a=ice-pwd:${iceParameters.password}`],
    ...iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, ip, port }) => `a=candidate:${foundation} 1 udp ${priority} ${ip} ${port} typ host`,
      ),
    `a=rtpmap:${payloadType} ${codecs[kind]}`,
  ];
}

const text = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`;

/** A transport of mediasoup's that sends these streams, as an offer. */
export function offerOf(side: TransportSide, streams: readonly Stream[]): string {
  const mids = streams.map((_, index) => String(index));
  return text([
    ...session(side, mids, 'actpass'),
    ...streams.flatMap(({ kind, payloadType, ssrc }, index) => [
      ...media(side, kind, String(index), payloadType),
      ...['a=sendonly', `a=ssrc:${ssrc} cname:lesson`],
    ]),
  ]);
}

/** A transport of mediasoup's that receives what a presenter offers, as the answer. */
export function answerOf(side: TransportSide, presented: readonly Kind[]): string {
  return text([
    ...session(side, presented, 'passive'),
    ...presented.flatMap((kind) => [...media(side, kind, kind, payloadTypes[kind]), 'a=recvonly']),
  ]);
}

/** The fingerprint of whoever made a description. It is the DTLS client: the SFU waits. */
export function dtlsOf(description: string) {
  const value = /^a=fingerprint:sha-256 (\S+)/m.exec(description)?.[1];
  if (value === undefined) throw new Error('The client said no fingerprint.');
  return { role: 'client' as const, fingerprints: [{ algorithm: 'sha-256' as const, value }] };
}
