import { readPosition, savePosition } from '../api/playback.ts';
import { readSetting, writeSetting } from '../state/settings.ts';

/** Where somebody stopped in a file: on this device at once, on the account now and then. */
export interface Position {
  /** The newest that is known, in seconds; 0 when there is none, or it was played to its end. */
  read(): Promise<number>;
  keep(seconds: number): void;
  /** Also what would have waited: playing stops, or the page is left. */
  flush(): void;
}

const sendEveryMs = 15_000;

interface Kept {
  seconds: number;
  /** By this device's clock. */
  at: number;
  isSent: boolean;
}

function parse(text: string | null): Kept | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    // Before accounts had positions, there was only the number.
    if (typeof value === 'number') return { seconds: value, at: 0, isSent: true };
    const { seconds, at, isSent } = (value ?? {}) as Partial<Kept>;
    return typeof seconds === 'number' && typeof at === 'number' ? { seconds, at, isSent: isSent === true } : null;
  } catch {
    return null;
  }
}

/** @param accountId null for a room's device, which has no account to keep it. */
export function createPosition(fileId: string, accountId: string | null): Position {
  const key = `position.${accountId ?? 'room'}.${fileId}`;
  let kept: Kept | null = parse(readSetting(key));
  let sentAt = 0;

  function write(now: Kept): void {
    kept = now;
    writeSetting(key, JSON.stringify(now));
  }

  function send(): void {
    const sending = kept;
    if (accountId === null || !sending || sending.isSent) return;
    sentAt = Date.now();
    const position = { positionMs: Math.round(sending.seconds * 1000), agoMs: Math.max(0, sentAt - sending.at) };
    savePosition(fileId, position).then(
      () => {
        if (kept === sending) write({ ...sending, isSent: true });
      },
      // What could not be sent goes with the next one, or when the file is opened again.
      () => undefined,
    );
  }

  return {
    async read() {
      if (accountId === null) return kept?.seconds ?? 0;
      const { position } = await readPosition(fileId).catch(() => ({ position: null }));
      if (!position || (kept && Date.now() - kept.at < position.agoMs)) {
        send();
        return kept?.seconds ?? 0;
      }
      write({ seconds: position.positionMs / 1000, at: Date.now() - position.agoMs, isSent: true });
      return position.positionMs / 1000;
    },
    keep(seconds) {
      write({ seconds: Math.round(seconds * 10) / 10, at: Date.now(), isSent: false });
      if (Date.now() - sentAt >= sendEveryMs) send();
    },
    flush: send,
  };
}
