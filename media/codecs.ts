import type { RouterRtpCodecCapability, RtpCapabilities as SupportedCapabilities } from 'mediasoup/types';
import { headerExtensionUri, type RtpCapabilities, rtpCapabilities } from './webrtc-parameters.ts';

/**
 * What every router forwards. VP8 first: VP9 and AV1 in SVC mode freeze under loss; H.264 constrained baseline is for
 * machines that encode it in hardware only.
 */
export const routerCodecs: RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1 } },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];

const known = new Set<string>(headerExtensionUri.options);

/** A router's capabilities as clients are told them: without the header extensions that mediasoup-client does not know. */
export function wireCapabilities(capabilities: SupportedCapabilities): RtpCapabilities {
  return rtpCapabilities.parse({
    codecs: capabilities.codecs ?? [],
    headerExtensions: (capabilities.headerExtensions ?? []).filter((extension) => known.has(extension.uri)),
  });
}
