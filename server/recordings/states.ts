import type { RecordingState } from '../database/tables/classroom.ts';

/**
 * What may follow what. A recording that failed is finished again when an administrator asks for it; nothing follows a
 * finished one.
 */
const next: Record<RecordingState, readonly RecordingState[]> = {
  armed: ['recording', 'interrupted', 'finishing'],
  recording: ['interrupted', 'finishing'],
  interrupted: ['recording', 'finishing'],
  finishing: ['finished', 'failed'],
  finished: [],
  failed: ['finishing'],
};

export function mayFollow(from: RecordingState, to: RecordingState): boolean {
  return next[from].includes(to);
}
