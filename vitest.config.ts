import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const second = 1_000;

interface ProjectShape {
  /** Projects of one order run together, those of the next after them. */
  order?: number;
  testTimeout?: number;
  /** How long `expect.poll` waits, unless it is told: a second is not enough for what goes over a line to another browser. */
  pollTimeout?: number;
  globalSetup?: string[];
  /** Run before every file of tests. */
  setupFiles?: string[];
  alone?: boolean;
}

/** One project a folder of test/. The services of test/environment/global.ts are there for all. */
function project(
  name: string,
  {
    order = 0,
    testTimeout = 15 * second,
    pollTimeout = 5 * second,
    globalSetup = [],
    setupFiles = [],
    alone = false,
  }: ProjectShape = {},
) {
  return {
    plugins: name === 'web' ? [vue()] : [],
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      globalSetup,
      setupFiles,
      testTimeout,
      expect: { poll: { timeout: pollTimeout } },
      hookTimeout: Math.max(60 * second, testTimeout),
      sequence: { groupOrder: order },
      // Two at once on two cores; what measures time or drives a browser has the machine for itself.
      maxWorkers: alone ? 1 : 2,
      pool: 'forks' as const,
    },
  };
}

const s3 = ['test/environment/s3.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/environment/global.ts'],
    reporters: ['default', './infra/test-reporter.ts'],
    projects: [
      project('contract', { globalSetup: s3, testTimeout: 60 * second }),
      project('server', { testTimeout: 30 * second }),
      project('search', { testTimeout: 60 * second }),
      project('web'),
      project('infra', { testTimeout: 60 * second }),
      project('media', { order: 1, testTimeout: 60 * second, alone: true }),
      project('e2e', {
        order: 2,
        testTimeout: 300 * second,
        pollTimeout: 20 * second,
        setupFiles: ['test/e2e/environment/fail-on-page-faults.ts'],
        alone: true,
      }),
    ],
  },
});
