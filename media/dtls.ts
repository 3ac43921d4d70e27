import type { DtlsParameters, WebRtcTransport } from 'mediasoup/types';
import { ClassroomError } from './errors.ts';

/**
 * What a client says of its DTLS end is taken once; said again, or with a fingerprint that is none, the worker refuses it.
 * @throws ClassroomError `bad_request`, `media_unavailable` when the transport has gone meanwhile
 */
export async function connectTransport(transport: WebRtcTransport, dtlsParameters: DtlsParameters): Promise<void> {
  try {
    await transport.connect({ dtlsParameters });
  } catch (cause) {
    throw new ClassroomError(transport.closed ? 'media_unavailable' : 'bad_request', { cause });
  }
}
