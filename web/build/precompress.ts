import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const worthIt = 1024;
const texts = /\.(?:js|css|svg|html)$/;

const brotli = (bytes: Buffer): Promise<Buffer> =>
  promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
const zip = (bytes: Buffer): Promise<Buffer> => promisify(gzip)(bytes, { level: 9 });

/** Beside every text of the build, the same as small as it gets, which takes too long to be done for each request. */
export function precompress(): Plugin {
  return {
    name: 'tongke-precompress',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir }) {
        if (dir === undefined) return this.error('The build has no folder.');
        for (const name of await readdir(dir, { recursive: true })) {
          const path = join(dir, name);
          if (!texts.test(name) || (await stat(path)).size < worthIt) continue;
          const bytes = await readFile(path);
          await Promise.all([writeFile(`${path}.br`, await brotli(bytes)), writeFile(`${path}.gz`, await zip(bytes))]);
        }
      },
    },
  };
}
