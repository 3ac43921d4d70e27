import { createHash } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { PutOptions } from './storage.ts';

const wrong = (detail: string) => new AppError('bad_request', { detail });

/**
 * Passes a body on while counting and hashing it. The last chunk is held back until length and sha256 have been
 * checked, so that a store which completes an object by its length never gets a wrong one whole.
 */
export async function* checkedBody(body: AsyncIterable<Uint8Array>, options: PutOptions): AsyncGenerator<Uint8Array> {
  const hash = options.sha256 === undefined ? undefined : createHash('sha256');
  let bytes = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of body) {
    options.signal?.throwIfAborted();
    if (chunk.byteLength === 0) continue;
    bytes += chunk.byteLength;
    if (bytes > options.bytes) throw wrong('The content is longer than announced.');
    hash?.update(chunk);
    if (held) yield held;
    held = chunk;
  }
  if (bytes < options.bytes) throw wrong('The content is shorter than announced.');
  if (hash && hash.digest('hex') !== options.sha256) throw wrong('The content differs from its sha256.');
  if (held) yield held;
}
