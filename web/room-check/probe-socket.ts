import { type ProbeAnswer, type ProbeData, type ProbeMethod, probeQuery, probeRequests } from '../../media/protocol.ts';
import { openRequestSocket } from '../classroom/request-socket.ts';

export interface ProbeSocket {
  /** @throws ClassroomFailure `line_lost` when the node cannot be reached */
  readonly opened: Promise<void>;
  /** @throws ClassroomFailure with the node's code, `timed_out` or `line_lost` */
  request<M extends ProbeMethod>(method: M, data: ProbeData<M>): Promise<ProbeAnswer<M>>;
  close(): void;
}

/** The socket of a link probe. Whatever goes wrong with it ends the probe: another one is made later. */
export function openProbeSocket(url: string, openWithinMs?: number): ProbeSocket {
  const address = new URL(url);
  address.search = probeQuery;
  const socket = openRequestSocket({
    url: address,
    methods: probeRequests,
    ...(openWithinMs !== undefined && { beginWithinMs: openWithinMs }),
  });
  const opened = socket.opened.then(socket.begun);
  opened.catch(() => undefined); // Whoever awaits it sees the failure; nobody has to.
  return { opened, request: socket.request, close: () => socket.close() };
}
