import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { z } from 'zod';
import { topics } from '../../../infra/demo/content/topics.ts';
import { coursewarePptx } from '../../../infra/demo/formats/documents.ts';
import { bigScreen, openChromium, visit } from '../../e2e/environment/chromium.ts';
import { makeRunFolder, removeRunFolder } from '../../environment/folder.ts';
import { openSites, type Site, type Sites } from '../../environment/sites.ts';
import { freePorts } from '../../media/environment/ports.ts';
import { beginLesson, browserCookies, type LiveLesson } from '../live-lesson.ts';
import { type Stage, withProduct } from '../product.ts';
import { makeCapture } from './capture.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Link } from './links.ts';
import { takeNotes } from './measuring.ts';
import { openTurn, type Turn } from './turn.ts';

/** A lesson that goes on while rooms come to it over one link after another. */
export interface ImpairedLesson {
  /** @param place which of the rooms, from 1: those of different places can be watched at once */
  watch(link: Link, place?: number): Promise<Figures>;
}

const rooms = 2;
const presenterPlace = rooms + 1;
const turnEveryMs = 8_000;
const presenterReadyMs = 8_000;
/** No link can hold the bench up for longer than its lesson and this. */
const patienceMs = 90_000;
const fileState = z.object({ state: z.string() });

/** Everything that a lesson needs, for as long as the work lasts; then all of it is gone again. */
export async function withLesson(work: (lesson: ImpairedLesson) => Promise<void>): Promise<void> {
  const folder = await makeRunFolder();
  // A site's firewall knows the server's ports: they are chosen here.
  const ports = await freePorts(4);
  const usualPorts = [ports, ports + 3];
  let sites: Sites | null = null;
  let turn: Turn | null = null;
  try {
    sites = await openSites({ count: rooms + 1, folder: join(folder, 'sites'), usualPorts });
    turn = await openTurn({ folder, address: sites.serverAddress, tlsPort: ports + 3 });
    const { serverAddress } = sites;
    const settings = {
      HOST: '0.0.0.0',
      PORT: String(ports),
      TLS_PORT: String(ports + 1),
      MEDIA_PORT: String(ports + 2),
      ICE_SERVERS: JSON.stringify([turn.iceServer]),
    };
    const address = `http://${serverAddress}:${ports}`;
    const open = sites;
    await withProduct((stage) => teach({ stage, sites: open, folder, address }, work), { settings });
  } finally {
    await turn?.stop();
    await sites?.close();
    await removeRunFolder(folder);
  }
}

interface Place {
  stage: Stage;
  sites: Sites;
  folder: string;
  /** Of the server, as the rooms see it. */
  address: string;
}

async function teach(place: Place, work: (lesson: ImpairedLesson) => Promise<void>): Promise<void> {
  const { stage, sites, folder, address } = place;
  const browsers: Browser[] = [];
  const open = async (site: Site, capture?: Awaited<ReturnType<typeof makeCapture>>) => {
    const at = { executablePath: site.chromium, insecureOrigin: address, kiosk: !capture };
    const browser = await openChromium(capture, at);
    browsers.push(browser);
    return browser;
  };
  try {
    await mkdir(folder, { recursive: true });
    const slidesFileId = await putSlides(stage);
    const lesson = await beginLesson(stage, rooms, { slidesFileId });
    const presenting = await open(sites.at(presenterPlace), await makeCapture(folder));
    const studio = await visit(presenting, address);
    await studio.context().addCookies(browserCookies(address, lesson.presenter));
    await studio.goto(`/studio/${lesson.id}`);
    await sleep(presenterReadyMs);
    const roomBrowsers = await Promise.all(Array.from({ length: rooms }, (_, index) => open(sites.at(index + 1))));
    const turns = turnSlides(studio);
    try {
      await work({
        watch: (link, number = 1) =>
          watch({
            link,
            site: sites.at(number),
            browser: roomBrowsers[number - 1],
            lesson,
            number,
            address,
            turns: turns.made,
          }),
      });
    } finally {
      await turns.stop();
    }
  } finally {
    await Promise.allSettled(browsers.map((browser) => browser.close()));
  }
}

async function putSlides({ alliance }: Stage): Promise<string> {
  const teacher = await alliance.clientOf('teacher');
  const fileId = await teacher.upload('分数的初步认识 课件.pptx', await coursewarePptx(topics.oneOfSeveral));
  const terms = { kind: 'courseware', licence: 'cc_by', visibility: 'alliance', publish: true };
  await teacher.send('POST', '/resources', { ...terms, title: '分数的初步认识', fileIds: [fileId] }, z.unknown());
  const deadline = Date.now() + 120_000;
  while ((await teacher.get(`/files/${fileId}`, fileState)).state !== 'ready') {
    if (Date.now() > deadline) throw new Error('The slides have no pages yet.');
    await sleep(500);
  }
  return fileId;
}

/** The presenter goes through the slides, and back again at their end. */
function turnSlides(studio: Page) {
  const made: { at: number; page: number }[] = [];
  const life = new AbortController();
  const done = (async () => {
    const pageNow = async () => Number(/\d+/.exec((await studio.locator('.at').textContent()) ?? '')?.[0] ?? 0);
    let forward = true;
    while (!life.signal.aborted) {
      const before = await pageNow();
      const at = Date.now();
      await studio.keyboard.press(forward ? 'PageDown' : 'PageUp');
      const page = await pageNow();
      if (page === before) forward = !forward;
      else made.push({ at, page });
      await sleep(turnEveryMs, undefined, { signal: life.signal }).catch(() => undefined);
    }
  })();
  return {
    made,
    async stop() {
      life.abort();
      await done;
    },
  };
}

interface Watching {
  link: Link;
  site: Site;
  browser: Browser | undefined;
  lesson: LiveLesson;
  number: number;
  address: string;
  turns: { at: number; page: number }[];
}

/** One room in the lesson, from joining to the end of its time. */
async function watch({ link, site, browser, lesson, number, address, turns }: Watching): Promise<Figures> {
  if (!browser) throw new Error(`Nobody is at place ${number}.`);
  await site.become({});
  const room = await visit(browser, address, bigScreen);
  const life = new AbortController();
  try {
    await room.context().addCookies(browserCookies(address, lesson.devices[number - 1] ?? ''));
    await room.addInitScript(takeNotes);
    await fillCache(room.context(), room, link.remembered ?? {});
    await site.become(link.line);
    const before = await site.bytes();
    await room.goto('/room', { timeout: patienceMs });
    const askedAt = await asked(room);
    const happening = link.happening?.(site, life.signal) ?? Promise.resolve(null);
    // It may end with the lesson, by the signal.
    const over = happening.catch((error: unknown) => {
      if (!life.signal.aborted) throw error;
      return null;
    });
    await sleep(askedAt + link.lessonMs - Date.now());
    const endedAt = Date.now();
    life.abort();
    const backAt = await over;
    const after = await site.bytes();
    const notes = await room.evaluate(() => window.notes);
    if (!notes) throw new Error('The page has no notes.');
    return figuresOf({
      notes,
      askedAt,
      endedAt,
      backAt,
      turns: turns.filter(({ at }) => at > askedAt + 3_000 && at < endedAt - turnEveryMs),
      bytes: { down: after.down - before.down, up: after.up - before.up },
    });
  } finally {
    life.abort();
    await site.become({});
    await room.context().close();
  }
}

/** The page has been here on other days, and knows the program but not today's slides. */
async function fillCache(context: BrowserContext, room: Page, line: NonNullable<Link['remembered']>): Promise<void> {
  const slides = '**/api/files/**';
  await context.route(slides, (route) => route.abort());
  await room.goto('/room');
  await room.locator('[data-lesson]').waitFor({ timeout: patienceMs });
  await sleep(1_500);
  // What this visit has learnt of the line was of another one.
  await room.evaluate(
    (known) => {
      for (const [name, value] of known) {
        if (value === null) localStorage.removeItem(`tongke.${name}`);
        else localStorage.setItem(`tongke.${name}`, String(value));
      }
    },
    (['rung', 'downKbps'] as const).map((name) => [name, line[name] ?? null] as const),
  );
  await room.goto('about:blank');
  await context.unroute(slides);
  await sleep(1_000);
}

async function asked(room: Page): Promise<number> {
  const handle = await room.waitForFunction(() => window.askedToJoin?.() ?? false, undefined, {
    polling: 50,
    timeout: patienceMs,
  });
  const at = await handle.jsonValue();
  if (typeof at !== 'number') throw new Error('The room did not ask to join.');
  return at;
}
