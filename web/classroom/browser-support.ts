import { detectDevice } from 'mediasoup-client';

/** Whether this browser can be taught in: it has WebRTC, not forbidden by a policy, of a kind and age that the library knows. */
export function speaksWebRtc(): boolean {
  return 'RTCPeerConnection' in globalThis && detectDevice() !== undefined;
}

/** Whether the pages of a lesson are laid out in it, too: they go by the room that a part has, in units of it. */
export function showsLessons(): boolean {
  return speaksWebRtc() && CSS.supports('width', '1cqw');
}
