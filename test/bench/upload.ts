import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { launchPeer } from './peers/launch.ts';
import { signIn, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { alternate, summarise } from './statistics.ts';
import { MiB, makeFile, put, remove, upload as sendByTus, settled } from './transfer.ts';

const bytes = 256 * MiB;
const rounds = 5;

/** A file by tus, against the same bytes put to the same disk. Both answer when the file is fsynced. */
export function upload(): Promise<Row[]> {
  return withProduct(async (stage) => {
    const { address, dataDir } = stage.product;
    const cookie = await signIn(stage, 'teacher');
    const source = join(dataDir, 'source');
    await makeFile(source, bytes);
    const peer = await launchPeer('file-server.ts', [dataDir]);
    try {
      const pairs = await alternate(rounds, {
        async ours() {
          const { id, seconds } = await sendByTus(address, cookie, source);
          await settled(address, cookie, id);
          await remove(address, cookie, id);
          return bytes / MiB / seconds;
        },
        async peer() {
          const seconds = await put(`${peer.address}/target`, source);
          await rm(join(dataDir, 'target'));
          return bytes / MiB / seconds;
        },
      });
      return [{ bench: 'upload', ...summarise(pairs), unit: 'MiB/s', goal: { of: 'ratio', is: '>=', value: 0.6 } }];
    } finally {
      await peer.stop();
    }
  });
}
