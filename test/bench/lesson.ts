import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { openChromium } from '../e2e/environment/chromium.ts';
import { freePorts } from '../media/environment/ports.ts';
import { admit, beginLesson, type LiveLesson } from './live-lesson.ts';
import { launchPeer } from './peers/launch.ts';
import { cpuOf, mediaProcesses } from './process-usage.ts';
import { type Stage, say, withProduct } from './product.ts';
import type { Row } from './report.ts';
import { alternate, summarise } from './statistics.ts';

const receivers = 20;
const lessonMs = 30_000;
const rounds = 5;
/** After everybody is in: the senders' bitrates have grown to what they will be. */
const settleMs = 5_000;

/** The page's script, with the web's own classroom in it. */
async function buildClients(): Promise<string> {
  const entry = fileURLToPath(new URL('./pages/clients.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'esnext', lib: { entry, formats: ['iife'], name: 'clients', fileName: 'clients' } },
  });
  const [bundle] = [built].flat();
  const script = bundle && 'output' in bundle ? bundle.output.find((one) => one.type === 'chunk') : undefined;
  if (!script || !('code' in script)) throw new Error('The page has no script.');
  return script.code;
}

interface Taken {
  /** Share of a core, in %. */
  share: number;
  /** CPU seconds for a gigabit that was received. */
  perGigabit: number;
}

/** Everybody joins, and the lesson goes on. @returns what the processes took meanwhile */
async function watchLesson(page: Page, pids: readonly number[], begin: () => Promise<void>): Promise<Taken> {
  await begin();
  await sleep(settleMs);
  const received = () => page.evaluate(() => window.bench.received());
  const before = { cpu: await cpuOf(pids), at: performance.now(), ...(await received()) };
  await sleep(lessonMs);
  const after = { cpu: await cpuOf(pids), at: performance.now(), ...(await received()) };
  if (after.videos !== receivers) throw new Error(`Only ${after.videos} of ${receivers} receivers have a picture.`);
  const cpu = after.cpu - before.cpu;
  const seconds = (after.at - before.at) / 1000;
  const gigabits = ((after.bytes - before.bytes) * 8) / 1e9;
  say(`  ${((gigabits * 1000) / seconds).toFixed(1)} Mbit/s received`);
  return { share: (cpu / seconds) * 100, perGigabit: cpu / gigabits };
}

async function openPage(browser: Browser, address: string, script: string): Promise<Page> {
  // Any page of the origin will do. Its policy would not let the bench's script be.
  const context = await browser.newContext({ baseURL: address, bypassCSP: true });
  const page = await context.newPage();
  await page.goto('/healthz');
  await page.evaluate(script);
  return page;
}

async function measure(stage: Stage): Promise<Row[]> {
  const { address, pid } = stage.product;
  const script = await buildClients();
  const bare = await launchPeer('bare-router.ts', [stage.workerBin, String(await freePorts(1))]);
  const browser = await openChromium();
  try {
    const ourProcesses = await mediaProcesses(pid);
    const bareProcesses = await mediaProcesses(bare.pid);
    const lesson: LiveLesson = await beginLesson(stage, receivers);
    const pairs = await alternate(rounds, {
      async ours() {
        const page = await openPage(browser, address, script);
        await page.exposeFunction('admit', (who: number) =>
          admit(address, lesson.id, who === 0 ? lesson.presenter : (lesson.devices[who - 1] ?? '')),
        );
        const taken = await watchLesson(page, ourProcesses, () =>
          page.evaluate((count) => window.bench.joinOurs(count), receivers),
        );
        await page.context().close();
        return taken;
      },
      async peer() {
        const page = await openPage(browser, bare.address, script);
        const taken = await watchLesson(page, bareProcesses, () =>
          page.evaluate((count) => window.bench.joinBare(count), receivers),
        );
        await page.context().close();
        return taken;
      },
    });
    const of = (figure: keyof Taken) =>
      summarise(pairs.map(({ ours, peer }) => ({ ours: ours[figure], peer: peer[figure] })));
    return [
      { bench: `lesson, ${receivers} rooms`, ...of('share'), unit: '% of a core', goal: null },
      { bench: `lesson, ${receivers} rooms, per gigabit`, ...of('perGigabit'), unit: 's', goal: null },
    ];
  } finally {
    await browser.close();
    await bare.stop();
  }
}

/** What a live lesson takes of the processor: signalling, forwarding and recording; beside it forwarding alone. */
export function lesson(): Promise<Row[]> {
  return withProduct(measure);
}
