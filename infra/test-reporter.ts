import type { Reporter, TestModule, Vitest } from 'vitest/node';

/**
 * Ends the run's output with one line for machines: «N passed, N failed».
 * A file or a set-up that could not run counts as one failed test, and so does a test that was marked to be skipped: what
 * was not run has not passed. Tests that the caller left out by name (-t) do not count.
 */
export default class ClosingLine implements Reporter {
  #leftOutByName = false;

  onInit(vitest: Vitest): void {
    this.#leftOutByName = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state !== 'skipped' || !this.#leftOutByName) failed += 1;
      }
    }
    process.once('exit', (code) => {
      // A global set-up that failed belongs to no file, and shows only in the exit code.
      if (failed === 0 && code !== 0) failed = 1;
      if (failed > 0) process.exitCode = 1;
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    });
  }
}
