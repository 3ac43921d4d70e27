import { signProbeToken } from '../../../media/index.ts';
import { type ProbeAnswer, type ProbeMethod, probeQuery, probeRequests } from '../../../media/protocol.ts';
import { pictureParameters } from './fuzzed-lesson.ts';
import { type TestNode, tokenSecret } from './node.ts';
import { RawPeer } from './raw-peer.ts';

export const probeMethods = Object.keys(probeRequests) as ProbeMethod[];

export const probeToken = (deviceId: string) => signProbeToken({ deviceId }, tokenSecret);

export const connectProbe = ({ url }: Pick<TestNode, 'url'>) => RawPeer.connect(`${url}?${probeQuery}`);

export type OpenProbe = {
  peer: RawPeer;
  token: string;
  opened: ProbeAnswer<'openProbe'>;
  way: ProbeAnswer<'beginPath'>;
};

/** A probe that is on its first way. */
export async function takeProbe(node: Pick<TestNode, 'url'>, deviceId: string): Promise<OpenProbe> {
  const peer = await connectProbe(node);
  const token = await probeToken(deviceId);
  const opened = await peer.answerOf<ProbeAnswer<'openProbe'>>('openProbe', { token });
  const way = await peer.answerOf<ProbeAnswer<'beginPath'>>('beginPath', {});
  return { peer, token, opened, way };
}

/** What each request looks like when it is right, for whoever measures here. */
export function probeSayings({ token, opened, way }: OpenProbe, ssrc: number): Record<ProbeMethod, unknown> {
  const fingerprints = [{ algorithm: 'sha-256', value: 'AB:'.repeat(31).concat('AB') }];
  return {
    openProbe: { token },
    beginPath: {},
    connectTransport: { transportId: way.sendTransport.id, dtlsParameters: { role: 'client', fingerprints } },
    echo: { rtpParameters: pictureParameters(ssrc), rtpCapabilities: opened.routerRtpCapabilities },
    resumeEcho: {},
  };
}
