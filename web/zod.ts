import { config } from 'zod/v4';

/*
 * What the web takes for zod, see vite.config.ts. Before its first schema it is told that the page's policy forbids eval: else it
 * tries, and the browser tells of it. Here and not in main.ts, as the library does without zod.
 */
config({ jitless: true });

export * from 'zod/v4';
