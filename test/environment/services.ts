import { inject } from 'vitest';
import './provided.ts';

/** How to reach the run's real S3 store; each test file names a bucket or a prefix of its own. */
export function testS3() {
  const s3 = inject('s3');
  if (s3 === undefined)
    throw new Error('This project starts no S3 store: name test/environment/s3.ts in its globalSetup.');
  return { ...s3, region: 'us-east-1', forcePathStyle: true };
}

/** How to reach the run's real Meilisearch; each test file uses an index of its own. */
export function testMeilisearch(): { url: string; key: string } {
  return inject('meilisearch');
}

/** The mediasoup worker's binary. */
export function testWorkerBin(): string {
  return inject('workerBin');
}
