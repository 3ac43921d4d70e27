/**
 * `npm run check`: format and lint, promises, types, import boundaries. All run, also after a failure, so that one run
 * shows everything; any failure makes the exit code 1.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary } from './install/node-binary.mjs';
import { root } from './install/root.mjs';

const folders = ['server', 'media', 'search', 'web', 'infra', 'test'].filter((name) => existsSync(join(root, name)));

const checks = [
  { name: 'format and lint', bin: '@biomejs/biome/bin/biome', args: ['check', '--error-on-warnings', '.'] },
  { name: 'promises', bin: 'oxlint/bin/oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'types', bin: 'vue-tsc/bin/vue-tsc.js', args: ['--noEmit'] },
  {
    name: 'import boundaries',
    bin: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.mjs', ...folders],
  },
];

let failed = 0;
for (const { name, bin, args } of checks) {
  const started = performance.now();
  const code = await runTool(bin, args);
  if (code !== 0) failed += 1;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)\n`);
}
console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${checks.length} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

/** @returns {Promise<number>} the tool's exit code */
function runTool(bin, args) {
  const child = spawn(nodeBinary(), [join(root, 'node_modules', bin), ...args], { cwd: root, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}
