import type { TextKey } from '../locales/text.ts';

/** A room sends a still every 5 s, and on a thin line every 10: one of before this is not the room as it is. */
const staleAfterMs = 25_000;

/** A room's picture on the wall. */
export interface RoomPicture {
  /** When it was seen, by this machine's clock. */
  at: number;
  /** Whether the room's line is there. */
  connected: boolean;
}

/** The age of a picture that must not be taken for now, in words; null while it may. */
export function staleWords({ at, connected }: RoomPicture, now: number): { key: TextKey; n: number } | null {
  const seconds = Math.max(1, Math.round((now - at) / 1000));
  if (connected && now - at < staleAfterMs) return null;
  if (seconds < 60) return { key: 'classroom.studio.pictureSeconds', n: seconds };
  return { key: 'classroom.studio.pictureMinutes', n: Math.floor(seconds / 60) };
}
