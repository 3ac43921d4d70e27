import type { Readable } from 'node:stream';
import { AppError } from '../errors.ts';

/** First and last byte, both included (RFC 9110 §14.1.1). */
export interface ByteRange {
  start: number;
  end: number;
}

export interface PutOptions {
  /** Exact length of the body in bytes. */
  bytes: number;
  /** Lower-case hex; a body that differs is refused and leaves nothing behind. */
  sha256?: string;
  signal?: AbortSignal;
}

export interface GetOptions {
  /** Must lie within the object; callers know its length. */
  range?: ByteRange;
  signal?: AbortSignal;
}

export interface ObjectStat {
  key: string;
  bytes: number;
  modifiedAt: Date;
}

export interface PresignOptions {
  /** Value of the `Content-Disposition` that the store is to answer with. */
  disposition: string;
  mediaType: string;
  expiresSeconds: number;
}

/**
 * Objects under keys. An object is written once and never changed: who writes a key first, wins.
 * Failures of the store itself are `storage_unavailable`.
 */
export interface Storage {
  /**
   * Writes an object, whole or not at all, and durably once it has resolved.
   * @returns false when the key already holds an object, which is left as it is.
   * @throws AppError `bad_request` when length or sha256 of the body are not as announced.
   */
  put(key: string, body: AsyncIterable<Uint8Array>, options: PutOptions): Promise<boolean>;
  /** @throws AppError `not_found`, before the first byte. */
  get(key: string, options?: GetOptions): Promise<Readable>;
  /** Makes the object readable as a file at `path`, which must not exist. @throws AppError `not_found`. */
  saveTo(key: string, path: string, signal?: AbortSignal): Promise<void>;
  /** null when there is no such object. */
  stat(key: string): Promise<ObjectStat | null>;
  /** Objects whose key begins with `prefix`, which ends with `/`; in no particular order. */
  list(prefix: string): AsyncIterable<ObjectStat>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** An address from which a browser may fetch the object for a while, or null when bytes go through us. */
  presign(key: string, options: PresignOptions): Promise<string | null>;
  /** Bytes that can still be written, or null when the store does not say. */
  freeBytes(): Promise<number | null>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const segment = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const LONGEST_KEY = 512;

/** Keys are ours, never a user's: plain ASCII segments, none of which can climb or hide. */
export function assertKey(key: string): void {
  if (key.length > LONGEST_KEY || !key.split('/').every((part) => segment.test(part))) {
    throw new AppError('internal', { cause: new Error(`Not a storage key: ${JSON.stringify(key.slice(0, 100))}`) });
  }
}

/** As `assertKey`, for the folder that a listing starts from. */
export function assertPrefix(prefix: string): void {
  if (!prefix.endsWith('/')) {
    throw new AppError('internal', { cause: new Error(`Not a storage prefix: ${JSON.stringify(prefix)}`) });
  }
  assertKey(prefix.slice(0, -1));
}
