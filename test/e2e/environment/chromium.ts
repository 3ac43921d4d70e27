import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { forgetNewer } from './oldest-browser.ts';
import { listenForFaults } from './page-faults.ts';

export const flags = [
  '--no-sandbox',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-gpu',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** What a browser's camera and microphone deliver, over and over. */
export interface Capture {
  /** A .y4m file. */
  video: string;
  /** A .wav file. */
  audio: string;
}

export interface ChromiumOptions {
  /** What to launch, where the browser is at another place than this machine. */
  executablePath?: string;
  /** A server without HTTPS whose pages may use camera and microphone all the same. */
  insecureOrigin?: string;
  /** Of a machine with two screens beside each other. */
  twoScreens?: boolean;
  /** A room's own machine, set up as docs/kiosk.md says. */
  kiosk?: boolean;
}

/** A browser of its own; camera and microphone belong to the whole of it. */
export function openChromium(
  capture?: Capture,
  { executablePath = '/usr/bin/chromium', insecureOrigin, twoScreens = false, kiosk = false }: ChromiumOptions = {},
): Promise<Browser> {
  const trusting =
    insecureOrigin === undefined
      ? []
      : [`--unsafely-treat-insecure-origin-as-secure=${insecureOrigin}`, '--ignore-certificate-errors'];
  return chromium.launch({
    executablePath,
    // In the plain C locale, Chromium cannot open a file with a Chinese name.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: [
      ...flags,
      ...trusting,
      // Without a touch a window is opened only where a policy allows it, as a kiosk's does.
      ...(twoScreens
        ? ['--screen-info={1920x1080}{1920x1080}', '--window-size=1920,1080', '--disable-popup-blocking']
        : []),
      // Its sockets then belong to no address of the machine, and outlive a change of it.
      ...(kiosk ? ['--webrtc-ip-handling-policy=default_public_and_private_interfaces'] : []),
      ...(capture
        ? [`--use-file-for-fake-video-capture=${capture.video}`, `--use-file-for-fake-audio-capture=${capture.audio}`]
        : []),
    ],
  });
}

export const desktop = { width: 1366, height: 768 };
export const phone = { width: 390, height: 844 };
export const bigScreen = { width: 1920, height: 1080 };

/** Another person at another machine: nothing is shared with other visits. */
export async function visit(browser: Browser, address: string, viewport = desktop): Promise<Page> {
  const context = await browser.newContext({ baseURL: address, locale: 'zh-CN', viewport });
  context.setDefaultTimeout(60_000);
  await forgetNewer(context);
  listenForFaults(context);
  return context.newPage();
}

/** What a policy of the browser allows on a kiosk with two screens; the page fills the first of them. */
export async function visitOnTwoScreens(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: address, locale: 'zh-CN', viewport: null });
  context.setDefaultTimeout(60_000);
  await forgetNewer(context);
  listenForFaults(context);
  const control = await browser.newBrowserCDPSession();
  const { browserContextIds } = await control.send('Target.getBrowserContexts');
  const permissions = ['windowManagement', 'automaticFullscreen', 'audioCapture', 'videoCapture'] as const;
  for (const browserContextId of browserContextIds) {
    // The protocol's types are older than the browser.
    const granted = { origin: new URL(address).origin, permissions: [...permissions], browserContextId };
    await control.send('Browser.grantPermissions', granted as never);
  }
  return await context.newPage();
}

/** Signs in as the sign-in page does, without its page; for tests whose subject is another one. */
export async function signInAs(context: BrowserContext, login: string, password: string): Promise<void> {
  const response = await context.request.post('/api/sign-in', { data: { login, password } });
  if (!response.ok()) throw new Error(`${login} could not sign in: ${await response.text()}`);
}
