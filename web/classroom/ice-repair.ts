import type { types } from 'mediasoup-client';
import { failureCode, isLineFault } from './failure.ts';

export interface IceRepairOptions {
  /** Asks for new ICE parameters and applies them (RFC 8445 §2.4); rejects while the socket is gone. */
  restart(): Promise<void>;
  /** Begins the media anew; called when restarts have not helped. */
  rebuild(): Promise<void>;
  /** How long a transport may be `disconnected` before it is helped. */
  patienceMs?: number;
  /** How long a restart may take to lead to `connected`. */
  settleMs?: number;
}

export interface IceRepair {
  /** A transport changed its state. */
  stateChanged(state: types.ConnectionState): void;
  /** The socket is back: what failed for want of it is tried at once. */
  lineBack(): void;
  /** The way looks dead, or is another one, before ICE has said so: one restart, of which nothing follows. */
  nudge(): void;
  stop(): void;
}

const restartsBeforeRebuild = 3;

/** Watches one transport: 1 s of `disconnected`, or `failed`, → restartIce; three without success → new transports. */
export function createIceRepair({ restart, rebuild, patienceMs = 1000, settleMs = 4000 }: IceRepairOptions): IceRepair {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let broken = false;
  let failures = 0;
  let stopped = false;
  let nudging = false;

  function after(ms: number): void {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void attempt(), ms);
  }

  async function attempt(): Promise<void> {
    if (stopped || !broken) return;
    const help = failures < restartsBeforeRebuild ? restart : rebuild;
    failures = help === restart ? failures + 1 : 0;
    try {
      await help();
    } catch (error) {
      // The socket is gone, or no answer came: it was no fault of ICE, so the try does not count.
      if (isLineFault(error)) failures = Math.max(0, failures - 1);
      // The node has no such transport any more: nothing but new ones will help, and at once.
      else if (failureCode(error) === 'not_found') failures = restartsBeforeRebuild;
    }
    if (broken && !stopped) after(failures === restartsBeforeRebuild && help === restart ? patienceMs : settleMs);
  }

  async function nudge(): Promise<void> {
    if (stopped || nudging) return;
    nudging = true;
    try {
      await restart();
    } catch {
      // If it is really broken, ICE says so in time and it is repaired in earnest; a lost socket comes back.
    }
    // It is given as long to show as a transport that ICE calls `disconnected`.
    setTimeout(() => {
      nudging = false;
    }, patienceMs);
  }

  function stop(): void {
    stopped = true;
    if (timer) clearTimeout(timer);
  }

  return {
    stateChanged(state) {
      if (state === 'connected') {
        broken = false;
        failures = 0;
        if (timer) clearTimeout(timer);
      } else if (state === 'failed' || state === 'disconnected') {
        if (broken && state === 'disconnected') return;
        broken = true;
        after(state === 'failed' ? 0 : patienceMs);
      }
    },
    lineBack() {
      // What was asked for over the line before it may never have been heard.
      nudging = false;
      if (broken) after(0);
    },
    nudge: () => void nudge(),
    stop,
  };
}
