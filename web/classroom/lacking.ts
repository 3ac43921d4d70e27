import type { Participant } from '../../media/protocol.ts';
import { useLasting } from '../state/lasting.ts';

/** From being called, or coming in, to the first packet a camera takes its time, on a slow machine most of all. */
const settleMs = 4000;

/** Whether somebody who is here sends no sound, or no picture, at all: nothing that was paused, but nothing that is there. */
export function useLacking(
  participant: () => Participant | undefined,
  source: 'camera' | 'microphone',
  expected: () => boolean = () => true,
) {
  const lacks = (): boolean => {
    const who = participant();
    return who?.connected === true && !who.sources.some((sent) => sent.source === source) && expected();
  };
  return useLasting(lacks, settleMs);
}
