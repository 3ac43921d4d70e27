import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureWorker } from '../../../infra/install/worker.mjs';
import { makeRunFolder, removeRunFolder, sweepDeadRuns } from '../../environment/folder.ts';
import { say } from '../product.ts';
import { type Goal, type Row, tableHead, toJson, toLine } from '../report.ts';
import { janusPlain, janusWebRtc } from './janus.ts';
import { type Figures, idleCores, measure } from './measure.ts';
import { takePrecedence } from './precedence.ts';
import { barePlain, bareWebRtc, ours, type Sfu } from './sfus.ts';

/** Rooms that receive; each has two consumers. */
const sizes = { rtp: [50, 200, 500], srtp: [50, 200, 400] };
/** What is not begun by then is left out, and said. */
const beginWithinMs = 300_000;
/** Whatever happens. */
const endWithinMs = 360_000;

interface Bench {
  workerBin: string;
  /** A new one at each call. */
  folder(): string;
  print(row: Row): void;
}

const below = (value: number): Goal => ({ of: 'ours', is: '<', value });
const ratioTo = (value: number): Goal => ({ of: 'ratio', is: '<=', value });

/** Two of the same size as rows: what they take, and what they do to the packets. */
function compare(what: string, mine: Figures, theirs: Figures, goals: Partial<Record<string, Goal>>): Row[] {
  const row = (name: string, unit: string, figure: (of: Figures) => number): Row => {
    const [own, peer] = [figure(mine), figure(theirs)];
    const ratio = peer === 0 ? null : own / peer;
    return { bench: `${what}, ${name}`, ours: own, peer, ratio, unit, goal: goals[name] ?? null };
  };
  return [
    row('CPU per gigabit', 's', ({ perGigabit }) => perGigabit),
    row('receivers per core', '', ({ perCore }) => perCore),
    row('delay p50', 'ms', ({ delayMs }) => delayMs.p50),
    row('delay p99', 'ms', ({ delayMs }) => delayMs.p99),
    row('lost', '%', ({ lost }) => lost * 100),
    row('lost at the receivers', '%', ({ lostAtReceivers }) => lostAtReceivers * 100),
  ];
}

const startedAt = performance.now();

/** @returns null where the time is over, or the machine does not carry it */
async function tried(name: string, start: () => Promise<Sfu>, size: number): Promise<Figures | null> {
  if (performance.now() - startedAt > beginWithinMs) {
    say(`  ${name}, ${size}: left out, the time is over`);
    return null;
  }
  try {
    return await measure(name, start, size);
  } catch (error) {
    say(`  ${name}, ${size}: not measured: ${String(error)}`);
    process.exitCode = 1;
    return null;
  }
}

async function rtp({ workerBin, folder, print }: Bench): Promise<void> {
  for (const size of sizes.rtp) {
    const mine = await tried('mediasoup, RTP', () => barePlain(workerBin), size);
    const theirs = await tried('Janus, RTP', () => janusPlain(folder()), size);
    if (mine && theirs) compare(`rtp ${size}`, mine, theirs, {}).forEach(print);
  }
}

async function srtp({ workerBin, folder, print }: Bench): Promise<void> {
  for (const size of sizes.srtp) {
    const bare = await tried('mediasoup, SRTP', () => bareWebRtc(workerBin), size);
    const mine = await tried('our media node, SRTP', () => ours(workerBin, folder()), size);
    const theirs = await tried('Janus, SRTP', () => janusWebRtc(folder()), size);
    const goals = {
      'CPU per gigabit': { of: 'ours', is: '<=', value: 1.2 } as const,
      ...(size === 200 && { 'delay p99': below(5) }),
      ...(size === 400 && { lost: { of: 'ours', is: '<=', value: 0 } as const }),
    };
    if (mine && theirs) compare(`srtp ${size}`, mine, theirs, goals).forEach(print);
    if (mine && bare) {
      const bench = `srtp ${size}, over bare mediasoup`;
      const [own, peer] = [mine.perGigabit, bare.perGigabit];
      print({ bench, ours: own, peer, ratio: own / peer, unit: 's/Gbit', goal: ratioTo(1.05) });
    }
  }
}

async function recording({ workerBin, folder, print }: Bench): Promise<void> {
  const live = await idleCores('a lesson, recorded', () => ours(workerBin, folder(), 'live'));
  const waiting = await idleCores('a lesson that is not live', () => ours(workerBin, folder(), 'scheduled'));
  const share = (live - waiting) * 100;
  print({ bench: 'recording one lesson', ours: share, peer: null, ratio: null, unit: '% of a core', goal: below(2) });
}

const parts: Record<string, (bench: Bench) => Promise<void>> = { recording, rtp, srtp };
const usage = `npm run bench:sfu [-- --json] [${Object.keys(parts).join('] [')}]   (as root)\n`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}.\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const workerBin = await ensureWorker(say);
  await sweepDeadRuns();
  const runFolder = await makeRunFolder();
  let folders = 0;
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    await takePrecedence();
    if (!values.json) print(tableHead);
    const bench: Bench = {
      workerBin,
      print: (row) => print(values.json ? toJson(row) : toLine(row)),
      folder() {
        folders += 1;
        return join(runFolder, String(folders));
      },
    };
    for (const [name, part] of Object.entries(parts)) {
      if (positionals.length > 0 && !positionals.includes(name)) continue;
      say(`${name} …`);
      await part(bench);
    }
  } finally {
    await removeRunFolder(runFolder);
  }
}

// All that was started ends with this process.
setTimeout(() => {
  say(`The bench has not come to its end within ${endWithinMs / 60_000} min.`);
  process.exit(1);
}, endWithinMs).unref();
// Janus would not notice an interruption by itself.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
await main();
// The WebRTC library keeps threads that have nothing more to do.
process.exit();
