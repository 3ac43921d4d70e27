import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

export interface Heard {
  /** Where the most energy was, in hertz; null in silence. */
  peakHz: number | null;
  /** How far the peak stands out of the rest, in decibels. */
  clearDb: number;
}

/** Listens for a while to what a video or audio element really plays, and finds its loudest note. */
export function listen(element: Locator, forMs = 1_500): Promise<Heard> {
  return element.evaluate(async (medium, durationMs): Promise<Heard> => {
    if (!(medium instanceof HTMLMediaElement)) throw new Error('This has no sound.');
    if (medium.paused) return { peakHz: null, clearDb: 0 };
    const captured = medium as HTMLMediaElement & { captureStream(): MediaStream };
    const stream = medium.srcObject instanceof MediaStream ? medium.srcObject : captured.captureStream();
    if (stream.getAudioTracks().length === 0) return { peakHz: null, clearDb: 0 };
    const context = new AudioContext();
    try {
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(stream).connect(analyser);
      const now = new Float32Array(analyser.frequencyBinCount);
      const loudest = new Float32Array(analyser.frequencyBinCount).fill(Number.NEGATIVE_INFINITY);
      const until = performance.now() + durationMs;
      while (performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        analyser.getFloatFrequencyData(now);
        now.forEach((level, bin) => {
          loudest[bin] = Math.max(loudest[bin] ?? level, level);
        });
      }
      const hertz = context.sampleRate / analyser.fftSize;
      const audible = loudest.subarray(Math.ceil(100 / hertz), Math.floor(8000 / hertz));
      const peak = Math.max(...audible);
      const middle = audible.toSorted()[Math.floor(audible.length / 2)] ?? peak;
      if (peak < -70) return { peakHz: null, clearDb: 0 };
      return { peakHz: (audible.indexOf(peak) + Math.ceil(100 / hertz)) * hertz, clearDb: peak - middle };
    } finally {
      await context.close();
    }
  }, forMs);
}

/** Waits until one of the elements plays the note, clearly. */
export async function expectTone(elements: Locator, toneHz: number, withinMs = 45_000): Promise<void> {
  await expect
    .poll(
      async () => {
        const heard = await Promise.all((await elements.all()).map((element) => listen(element)));
        return heard.map(({ peakHz, clearDb }) => (peakHz !== null && clearDb > 20 ? Math.round(peakHz) : null));
      },
      { timeout: withinMs, interval: 200 },
    )
    .toSatisfy((notes: (number | null)[]) => notes.some((note) => note !== null && Math.abs(note - toneHz) < 25));
}
