import type { Page } from 'playwright-core';

export type Plugged = 'videoinput' | 'audioinput' | 'audiooutput';

interface Plugs {
  pull(...kinds: Plugged[]): void;
  plug(...kinds: Plugged[]): void;
  hold(held: boolean): void;
}
declare global {
  interface Window {
    plugs: Plugs;
  }
}

/** Lets a test pull and plug the devices of a page as a hand does; Chromium has no way to do that to its own. Before the page opens. */
export async function makeUnpluggable(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const devices = navigator.mediaDevices;
    const [ask, list] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
    const pulled = new Set<string>();
    const opened = new Set<MediaStreamTrack>();
    let held = false;
    const kindOf = { video: 'videoinput', audio: 'audioinput' } as const;
    devices.getUserMedia = async (wanted = {}) => {
      for (const kind of ['video', 'audio'] as const) {
        if (!wanted[kind]) continue;
        if (pulled.has(kindOf[kind])) throw new DOMException('It is not plugged in.', 'NotFoundError');
        if (held) throw new DOMException('Another program holds it.', 'NotReadableError');
      }
      const stream = await ask(wanted);
      for (const track of stream.getTracks()) opened.add(track);
      return stream;
    };
    devices.enumerateDevices = async () => (await list()).filter(({ kind }) => !pulled.has(kind));
    const changed = () => devices.dispatchEvent(new Event('devicechange'));
    window.plugs = {
      pull(...kinds) {
        for (const kind of kinds) {
          pulled.add(kind);
          changed();
          for (const track of opened) {
            if (kindOf[track.kind as 'audio' | 'video'] !== kind || track.readyState === 'ended') continue;
            track.stop();
            // A script that stops a track is not told that it ended.
            track.dispatchEvent(new Event('ended'));
          }
        }
      },
      plug(...kinds) {
        for (const kind of kinds) {
          pulled.delete(kind);
          changed();
        }
      },
      hold(now) {
        held = now;
      },
    };
  });
}

export const pull = (page: Page, ...kinds: Plugged[]) => page.evaluate((them) => window.plugs.pull(...them), kinds);
export const plug = (page: Page, ...kinds: Plugged[]) => page.evaluate((them) => window.plugs.plug(...them), kinds);
/** Another program holds all devices, or lets go of them; no browser tells a page of that. */
export const hold = (page: Page, held: boolean) => page.evaluate((now) => window.plugs.hold(now), held);
