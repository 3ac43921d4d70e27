/** What the global set-up hands to the test files. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of an administrator on the real PostgreSQL of this run. */
    databaseUrl: string;
    /** The real Meilisearch of this run; test files use indexes of their own. */
    meilisearch: { url: string; key: string };
    /** The real S3 store of this run; only in projects that start it. */
    s3: { endpoint: string; accessKeyId: string; secretAccessKey: string };
    /** Path of the mediasoup worker's binary. */
    workerBin: string;
  }
}

export {};
