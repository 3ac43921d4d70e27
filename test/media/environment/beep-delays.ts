import { toneHz } from './lesson-packets.ts';
import { brightness, risings, type Section, toneEnergy, windowMs } from './watching.ts';

/** Of every flash, how much later (in seconds) its beep is. */
export async function beepDelays(video: string, section?: Section): Promise<number[]> {
  const flashes = risings(await brightness(video, section), 200);
  const energy = await toneEnergy(video, toneHz, section);
  const beeps = risings(
    energy.map((level, index) => ({ at: (index * windowMs) / 1000, level })),
    0.03,
  );
  return flashes.flatMap((flash) => {
    const beep = beeps.find((each) => Math.abs(each - flash) < 0.4);
    return beep === undefined ? [] : [beep - flash];
  });
}
