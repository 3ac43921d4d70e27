import { openLinkCheck } from '../api/rooms.ts';
import type { Found } from '../api/types.ts';
import { isLineFault } from '../classroom/failure.ts';
import type { LineMemory } from '../classroom/known-line.ts';
import { socketUrl } from '../classroom/use-classroom.ts';
import { measureDown, measureUp } from './line-speed.ts';
import { probeLink, unreachable } from './link-probe.ts';
import { openProbeSocket } from './probe-socket.ts';

/** TCP takes loss for a full line: what it measures over one that loses packets by itself says nothing of media. */
const lossyFrom = 0.02;

/**
 * What a check has taught of the line. Where it could measure it, the next lesson begins with as much as fits, wherever the
 * ladder stood on the day before; else only the old speed is no longer known.
 */
export function lineOf({ udp, tcp, downKbps }: Found['link']): Parameters<LineMemory['write']>[0] {
  const { lossDown } = udp.reachable ? udp : tcp;
  if (downKbps === null || (lossDown ?? 0) >= lossyFrom) return { downKbps: null };
  return { rung: 'all', downKbps };
}

/**
 * How fast the line is, and which ways lead to the media node.
 * @throws ApiError or ClassroomFailure where the API or the node refuses the check, or it breaks off: that says nothing of
 * the line, and the check is made another time
 */
export async function checkLink(signal: AbortSignal): Promise<Found['link']> {
  const downKbps = await measureDown(signal);
  const upKbps = await measureUp(signal);
  const { token, url } = await openLinkCheck(signal);
  const socket = openProbeSocket(socketUrl(url, location.href));
  const stop = (): void => socket.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const reached = await socket.opened.then(
      () => true,
      (error: unknown) => {
        signal.throwIfAborted();
        if (!isLineFault(error)) throw error;
        return false;
      },
    );
    // Not even the socket of a lesson gets through.
    if (!reached) return { udp: unreachable, tcp: unreachable, relay: null, downKbps, upKbps };
    return { ...(await probeLink(socket, token, signal)), downKbps, upKbps };
  } finally {
    signal.removeEventListener('abort', stop);
    socket.close();
  }
}
