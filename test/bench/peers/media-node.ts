/**
 * Our media node with nothing of the server around it: signalling, rooms, forwarding, recording. Arguments: the
 * worker's binary, a free port for its media, a folder for what is recorded, and whether the lesson is `live` (and recorded) or
 * only `scheduled`. Says its port by IPC.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { createMediaNode, type SessionHooks } from '../../../media/index.ts';
import { FolderSink } from '../../media/environment/folder-sink.ts';
import { classSessionId, tokenSecret } from './media-node-access.ts';

const [workerBin, mediaPort, folder, state] = process.argv.slice(2);
if (workerBin === undefined || mediaPort === undefined || folder === undefined) {
  throw new Error('media-node.ts <worker> <port> <folder> [scheduled]');
}
const live = state !== 'scheduled';

/** The one lesson that there is. What is told of it is nobody's business here. */
const hooks: SessionHooks = {
  async describe(id) {
    if (id !== classSessionId) return null;
    return {
      title: '分数的初步认识',
      state: live ? 'live' : 'scheduled',
      scheduledStart: Date.now(),
      startedAt: live ? Date.now() : null,
      longestMs: 3_600_000,
      music: false,
      slides: null,
      page: 1,
      roomIds: [],
      recordedFromRooms: [],
    };
  },
  pagesOf: async () => 0,
  ended: async () => undefined,
  participantJoined: async () => undefined,
  participantLeft: async () => undefined,
  audioReceived: async () => undefined,
  headCountConfirmed: async () => undefined,
  slideTurned: async () => undefined,
};

const node = await createMediaNode({
  tokenSecret,
  hooks,
  sink: new FolderSink(join(folder, 'sink')),
  dataFolder: join(folder, 'node'),
  // A node that is asked more than it can do says so for each request; the bench counts its refusals.
  log: pino({ level: 'fatal' }),
  workerBin,
  workers: 1,
  basePort: Number(mediaPort),
  listenAddress: '127.0.0.1',
});
const server = createServer();
node.attach(server);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => {
  void node.close().finally(() => process.exit(0));
});
