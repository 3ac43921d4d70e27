import type { Recording } from '../api/types.ts';
import { readSetting, writeSetting } from '../state/settings.ts';
import type { Connection } from './quality.ts';

/** The video, or in its place the slides and the sound. */
export const replayModes = ['video', 'thin'] as const;
export type ReplayMode = (typeof replayModes)[number];

/** Megabits a second: less carries no video that could be followed. */
const slowBelow = 0.5;
const setting = 'replay';

/** What a lesson is replayed as: as it was chosen on this device, else as the line allows. */
export function chooseReplay(
  { thin }: Pick<Recording, 'thin'>,
  remembered: string | null,
  { saveData, downlink }: Connection,
): ReplayMode {
  if (thin === null) return 'video';
  const chosen = replayModes.find((mode) => mode === remembered);
  return chosen ?? (saveData || (downlink !== undefined && downlink < slowBelow) ? 'thin' : 'video');
}

export const readReplay = (): string | null => readSetting(setting);
export const rememberReplay = (mode: ReplayMode): void => writeSetting(setting, mode);
