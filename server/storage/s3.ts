import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { AppError } from '../errors.ts';
import { checkedBody } from './checked-body.ts';
import { assertKey, assertPrefix, type Storage } from './storage.ts';

export interface S3StorageOptions {
  endpoint: string;
  /** Where browsers reach the store, when that is another address. */
  publicEndpoint?: string | undefined;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  forcePathStyle: boolean;
}

export interface S3Storage extends Storage {
  kind: 's3';
  bucket: string;
  /** For libraries that speak to the same store themselves. */
  clientConfig: S3ClientConfig;
}

const MiB = 1024 * 1024;
/** An object of one part is one request. Of a longer one, two parts at a time are held to be sent again if need be. */
const PART_BYTES = 8 * MiB;
const MOST_PARTS = 10_000;

const statusOf = (error: unknown) => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined);

function failure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const status = statusOf(error);
  // Without its bucket the store says so of everything, and nothing is lost for that.
  const isAway = error instanceof S3ServiceException && error.name === 'NoSuchBucket';
  if (status === 404 && !isAway) return new AppError('not_found', { cause: error });
  if (error instanceof S3ServiceException && error.name === 'QuotaExceeded')
    return new AppError('no_space', { cause: error });
  return new AppError('storage_unavailable', { cause: error });
}

/**
 * Objects in a bucket of an S3 store, which is made when missing.
 * Checksum trailers are only sent where an operation asks for them: several stores refuse them on streams.
 */
export async function createS3Storage(options: S3StorageOptions): Promise<S3Storage> {
  const { bucket } = options;
  const clientConfig = {
    endpoint: options.endpoint,
    region: options.region,
    forcePathStyle: options.forcePathStyle,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } satisfies S3ClientConfig;
  const client = new S3Client(clientConfig);
  const publicClient = options.publicEndpoint
    ? new S3Client({ ...clientConfig, endpoint: options.publicEndpoint })
    : client;

  async function makeBucket(): Promise<void> {
    try {
      await client.send(new HeadBucketCommand({ Bucket: bucket }));
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((createError: unknown) => {
        // Another process of ours was quicker.
        if (createError instanceof S3ServiceException && createError.name === 'BucketAlreadyOwnedByYou') return;
        throw createError;
      });
    }
  }

  async function find(key: string) {
    assertKey(key);
    try {
      const found = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      return { key, bytes: found.ContentLength ?? 0, modifiedAt: found.LastModified ?? new Date(0) };
    } catch (error) {
      const known = failure(error);
      if (known.code === 'not_found') return null;
      throw known;
    }
  }

  async function read(key: string, range: string | undefined, signal: AbortSignal | undefined): Promise<Readable> {
    assertKey(key);
    try {
      const { Body } = await client.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }),
        signal ? { abortSignal: signal } : {},
      );
      if (!(Body instanceof Readable)) throw new Error('The store answered without a body.');
      return Body;
    } catch (error) {
      signal?.throwIfAborted();
      throw failure(error);
    }
  }

  try {
    await makeBucket();
  } catch (error) {
    client.destroy();
    throw failure(error);
  }

  return {
    kind: 's3',
    bucket,
    clientConfig,

    async put(key, body, putOptions) {
      // Asked first although the write is conditional: some stores ignore the condition when parts are completed.
      if (await find(key)) return false;
      const { bytes, signal } = putOptions;
      const abortController = new AbortController();
      const abort = () => abortController.abort();
      signal?.throwIfAborted();
      signal?.addEventListener('abort', abort, { once: true });
      try {
        await new Upload({
          client,
          params: {
            Bucket: bucket,
            Key: key,
            IfNoneMatch: '*',
            Body: Readable.from(checkedBody(body, putOptions), { objectMode: false }),
          },
          partSize: Math.max(PART_BYTES, Math.ceil(bytes / MOST_PARTS)),
          queueSize: 2,
          abortController,
        }).done();
        return true;
      } catch (error) {
        signal?.throwIfAborted();
        if (statusOf(error) === 412) return false;
        throw failure(error);
      } finally {
        signal?.removeEventListener('abort', abort);
      }
    },

    get: (key, { range, signal } = {}) => read(key, range && `bytes=${range.start}-${range.end}`, signal),

    async saveTo(key, path, signal) {
      const body = await read(key, undefined, signal);
      await pipeline(body, createWriteStream(path, { flags: 'wx', mode: 0o644 }), signal ? { signal } : {});
    },

    stat: find,

    async *list(prefix) {
      assertPrefix(prefix);
      let token: string | undefined;
      do {
        const page = await client
          .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }))
          .catch((error: unknown) => {
            throw failure(error);
          });
        for (const { Key, Size, LastModified } of page.Contents ?? []) {
          if (Key) yield { key: Key, bytes: Size ?? 0, modifiedAt: LastModified ?? new Date(0) };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token);
    },

    async delete(key) {
      assertKey(key);
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      } catch (error) {
        const known = failure(error);
        if (known.code !== 'not_found') throw known;
      }
    },

    async presign(key, { disposition, mediaType, expiresSeconds }) {
      assertKey(key);
      const command = new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        ResponseContentDisposition: disposition,
        ResponseContentType: mediaType,
      });
      return getSignedUrl(publicClient, command, { expiresIn: expiresSeconds });
    },

    freeBytes: async () => null,

    async ping() {
      try {
        await client.send(new HeadBucketCommand({ Bucket: bucket }));
      } catch (error) {
        throw failure(error);
      }
    },

    async close() {
      client.destroy();
      publicClient.destroy();
    },
  };
}
