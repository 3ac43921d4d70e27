import { readdir, readFile } from 'node:fs/promises';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { bigScreen, flags } from './chromium.ts';
import { forgetNewer } from './oldest-browser.ts';
import { listenForFaults } from './page-faults.ts';

/** A room's machine: its browser keeps a profile on its disk, as a kiosk does, and opens the room's page. */
export interface RoomMachine {
  page: Page;
  /** Closed as somebody closes it. */
  close(): Promise<void>;
  /** Ended as a power cut ends it: nothing is tidied up. */
  cutPower(): Promise<void>;
}

/** Processes of the browser that works on this profile. */
async function processesOf(profile: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    // A process may be gone before it is read.
    pids.map(async (pid) => [Number(pid), await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')] as const),
  );
  return lines.filter(([, line]) => line.split('\0').includes(`--user-data-dir=${profile}`)).map(([pid]) => pid);
}

async function gone(profile: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) {
    if ((await processesOf(profile)).length === 0) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('The browser is still there.');
}

export async function startRoomMachine(profile: string, address: string): Promise<RoomMachine> {
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: [...flags],
    baseURL: address,
    locale: 'zh-CN',
    viewport: bigScreen,
  });
  context.setDefaultTimeout(60_000);
  await forgetNewer(context);
  listenForFaults(context);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto('/room');
  return {
    page,
    close: () => context.close(),
    async cutPower() {
      const closed = new Promise<void>((done) => context.once('close', () => done()));
      for (const pid of await processesOf(profile)) process.kill(pid, 'SIGKILL');
      await Promise.all([closed, gone(profile)]);
    },
  };
}
