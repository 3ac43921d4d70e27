import { join } from 'node:path';
import type { Logger } from 'pino';
import { createMediaNode, type MediaNode } from '../media/index.ts';
import { createSessionHooks } from './class-sessions/hooks.ts';
import type { Config } from './config.ts';
import type { Database } from './database/database.ts';
import { mediaPortError } from './listen.ts';
import type { Recordings } from './recordings/recordings.ts';

export interface ClassroomOptions {
  config: Config;
  dataDir: string;
  db: Database;
  /** Of the tokens by which people and rooms are let in. */
  tokenSecret: Uint8Array;
  recordings: Pick<Recordings, 'service' | 'sink'>;
  log: Logger;
}

/** Opens the media node of this server, as the settings want it. */
export async function openClassroom(options: ClassroomOptions): Promise<MediaNode> {
  const { config, dataDir, db, tokenSecret, recordings, log } = options;
  try {
    return await createMediaNode({
      tokenSecret,
      sink: recordings.sink,
      hooks: createSessionHooks({ db, recordings: recordings.service, log }),
      dataFolder: join(dataDir, 'classroom'),
      log,
      workers: config.MEDIA_WORKERS,
      basePort: config.MEDIA_PORT,
      iceServers: config.ICE_SERVERS,
      ...(config.TURN_SECRET !== undefined && { turnSecret: config.TURN_SECRET }),
      ...(config.MEDIASOUP_WORKER_BIN !== undefined && { workerBin: config.MEDIASOUP_WORKER_BIN }),
      ...(config.ANNOUNCED_ADDRESS !== undefined && { announcedAddress: config.ANNOUNCED_ADDRESS }),
    });
  } catch (error) {
    throw mediaPortError(error, config.MEDIA_PORT);
  }
}
