import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

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
}

/** A browser of its own; camera and microphone belong to the whole of it. */
export function openChromium(
  capture?: Capture,
  { executablePath = '/usr/bin/chromium', insecureOrigin }: ChromiumOptions = {},
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
  return context.newPage();
}

/** Signs in as the sign-in page does, without its page; for tests whose subject is another one. */
export async function signInAs(context: BrowserContext, login: string, password: string): Promise<void> {
  const response = await context.request.post('/api/sign-in', { data: { login, password } });
  if (!response.ok()) throw new Error(`${login} could not sign in: ${await response.text()}`);
}
