import { join } from 'node:path';
import { launchPeer } from './peers/launch.ts';
import { signIn, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { alternate, summarise } from './statistics.ts';
import { download as fetchAll, MiB, makeFile, settled, upload } from './transfer.ts';

const bytes = 256 * MiB;
const rounds = 7;

/** The download of a file, against a static server that gives the same file of the same disk. */
export function download(): Promise<Row[]> {
  return withProduct(async (stage) => {
    const { address, dataDir } = stage.product;
    const cookie = await signIn(stage, 'teacher');
    const source = join(dataDir, 'source');
    await makeFile(source, bytes);
    const { id } = await upload(address, cookie, source);
    await settled(address, cookie, id);
    const peer = await launchPeer('file-server.ts', [join(dataDir, 'objects')]);
    const rate = (seconds: number) => bytes / MiB / seconds;
    try {
      const pairs = await alternate(rounds, {
        ours: async () => rate(await fetchAll(`${address}/api/files/${id}/content`, { cookie }, bytes)),
        peer: async () => rate(await fetchAll(`${peer.address}/files/${id}`, {}, bytes)),
      });
      return [{ bench: 'download', ...summarise(pairs), unit: 'MiB/s', goal: { of: 'ratio', is: '>=', value: 0.8 } }];
    } finally {
      await peer.stop();
    }
  });
}
