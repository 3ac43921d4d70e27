import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root } from '../../infra/install/root.mjs';

// They share pages, servers and media with these tests, and run without vitest.
it.each(['bench', 'bench:impaired', 'bench:sfu'])('npm run %s says what it can measure', (script) => {
  // What tells a process that it is one of vitest's is none of its business.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  const { status, stderr } = spawnSync('npm', ['run', '--silent', script, '--', 'nothing'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^There is no (bench|link|part) nothing\.\nnpm run /);
  expect(status).toBe(2);
});
