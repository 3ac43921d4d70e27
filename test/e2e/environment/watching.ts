import type { Locator } from 'playwright-core';
import { type Plate, plateOf } from './colours.ts';

export interface Seen {
  /** Null: no plate that we know. */
  plate: Plate | null;
  /** The frame's own time in the medium, in seconds. */
  mediaTime: number;
}

/** The next frames of a video, looked at in its upper middle: `count`, or fewer when it stands still for `patienceMs`. */
export async function watch(video: Locator, count: number, patienceMs = 5_000): Promise<Seen[]> {
  const frames = await video.evaluate(
    (shown, { wanted, patience }) =>
      new Promise<{ colour: [number, number, number]; mediaTime: number }[]>((resolve, reject) => {
        // Not by its class: a page may have made it for the window of another.
        if (shown.localName !== 'video') return reject(new Error('This is no video.'));
        const element = shown as HTMLVideoElement;
        const canvas = document.createElement('canvas');
        canvas.width = 8;
        canvas.height = 8;
        const context = canvas.getContext('2d', { willReadFrequently: true });
        if (!context) return reject(new Error('This browser draws nothing.'));
        const found: { colour: [number, number, number]; mediaTime: number }[] = [];
        const look: VideoFrameRequestCallback = (_now, { mediaTime, width, height }) => {
          context.drawImage(element, width * 0.4, height * 0.2, width * 0.2, height * 0.2, 0, 0, 8, 8);
          const { data } = context.getImageData(4, 4, 1, 1);
          found.push({ colour: [data[0] ?? 0, data[1] ?? 0, data[2] ?? 0], mediaTime });
          if (found.length === wanted) resolve(found);
          else waitForNext();
        };
        let standing: ReturnType<typeof setTimeout> | undefined;
        const waitForNext = () => {
          clearTimeout(standing);
          standing = setTimeout(() => resolve(found), patience);
          element.requestVideoFrameCallback(look);
        };
        waitForNext();
      }),
    { wanted: count, patience: patienceMs },
  );
  return frames.map(({ colour, mediaTime }) => ({ plate: plateOf(colour), mediaTime }));
}

/** Moves a video to a moment and waits until it is there. */
export async function seek(video: Locator, seconds: number): Promise<void> {
  await video.evaluate(
    (element: HTMLVideoElement, to) =>
      new Promise<void>((resolve) => {
        element.addEventListener('seeked', () => resolve(), { once: true });
        element.currentTime = to;
      }),
    seconds,
  );
}

/** Watches until every one of the plates was seen. @returns all that was seen. @throws when `withinMs` are over */
export async function watchFor(
  video: Locator,
  plates: readonly Plate[],
  withinMs = 30_000,
): Promise<Set<Plate | null>> {
  const seen = new Set<Plate | null>();
  const deadline = Date.now() + withinMs;
  while (!plates.every((plate) => seen.has(plate))) {
    if (Date.now() > deadline) throw new Error(`Of ${plates.join(', ')} only ${[...seen].join(', ')} was seen.`);
    for (const { plate } of await watch(video, 5)) seen.add(plate);
  }
  return seen;
}

/** How many different colours an image has, as a sign that it shows something. */
export async function coloursOf(image: Locator): Promise<number> {
  return image.evaluate(async (element) => {
    if (!(element instanceof HTMLImageElement)) throw new Error('This is no image.');
    await element.decode();
    const canvas = document.createElement('canvas');
    canvas.width = element.naturalWidth;
    canvas.height = element.naturalHeight;
    const context = canvas.getContext('2d');
    context?.drawImage(element, 0, 0);
    const pixels = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    const colours = new Set<number>();
    for (let at = 0; at < pixels.length; at += 4) {
      colours.add(((pixels[at] ?? 0) << 16) | ((pixels[at + 1] ?? 0) << 8) | (pixels[at + 2] ?? 0));
    }
    return colours.size;
  });
}
