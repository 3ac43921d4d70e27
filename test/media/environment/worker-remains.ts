import { observer } from 'mediasoup';
import type { WebRtcServer, Worker } from 'mediasoup/types';
import type { TestNode } from './node.ts';

const workers: Worker[] = [];
const servers: WebRtcServer[] = [];
// From the import on: before that there is no worker.
observer.on('newworker', (worker) => {
  workers.push(worker);
  worker.observer.on('newwebrtcserver', (server) => servers.push(server));
});

/** What is there for those who are in: at the node, and at the workers of this process as they themselves tell it. */
export async function remainsOf({ node }: Pick<TestNode, 'node'>) {
  const { participants, producers, consumers } = await node.stats();
  const dumps = await Promise.all(servers.filter(({ closed }) => !closed).map((server) => server.dump()));
  return {
    ...{ participants, producers, consumers },
    transports: dumps.flatMap(({ webRtcTransportIds }) => webRtcTransportIds).length,
    iceNames: dumps.flatMap(({ localIceUsernameFragments }) => localIceUsernameFragments).length,
  };
}

export async function routersLeft(): Promise<number> {
  const dumps = await Promise.all(workers.filter(({ closed }) => !closed).map((worker) => worker.dump()));
  return dumps.flatMap(({ routerIds }) => routerIds).length;
}

const nobody = { presenter: 0, receiver: 0, assistant: 0, observer: 0 };
export const nothing = { participants: nobody, producers: 0, consumers: 0, transports: 0, iceNames: 0 };
