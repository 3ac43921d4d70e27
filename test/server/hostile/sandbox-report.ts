import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ConverterError, createConverter } from '../../../server/sandbox/converter.ts';
import { findSandbox } from '../../../server/sandbox/sandbox.ts';
import { openWorkspace } from '../../../server/sandbox/workspace.ts';

/** Run by the test as other users: says what the sandbox finds, and what a converter in it can do. */
const SECONDS = `60.${process.pid}`;
const parent = await mkdtemp(join(tmpdir(), 'sandbox-report-'));
const sandbox = await findSandbox();
const convert = createConverter(sandbox);
const folder = await (await openWorkspace(parent)).open();

async function tell(script: string): Promise<string> {
  const run = { program: 'sh', args: ['-c', script], folder: folder.path, signal: AbortSignal.timeout(20_000) };
  try {
    return (await convert({ ...run, timeoutMs: 3000, memoryBytes: 512e6, fileBytes: 1e6, processes: 20 })).trim();
  } catch (error) {
    if (error instanceof ConverterError) return error.reason;
    throw error;
  }
}

const report = {
  missing: sandbox.missing,
  works: await tell('echo works > written && cat written'),
  passwd: await tell('cat /etc/passwd > /dev/null && echo read'),
  rights: await tell('grep -E "CapEff|NoNewPrivs" /proc/self/status | cut -f2 | xargs'),
  interfaces: await tell('grep -c : /proc/self/net/dev'),
  largeFile: await tell('head -c 5000000 /dev/zero > large'),
  endless: await tell(`setsid sleep ${SECONDS} & sleep ${SECONDS}`),
  // The last: where nobody reaps, what has ended still counts.
  manyProcesses: await tell('for n in $(seq 60); do sleep 2 & done; wait; echo all'),
  stragglers: '',
};
await setTimeout(300);
report.stragglers = (await promisify(execFile)('ps', ['-eo', 'stat,args', '--no-headers'])).stdout
  .split('\n')
  .filter((line) => line.includes(`sleep ${SECONDS}`) && !line.startsWith('Z'))
  .join('\n');
await folder.close();
await rm(parent, { recursive: true });
process.stdout.write(JSON.stringify(report));
