import type { Generated } from 'kysely';
import type { Created, Json, Updated } from './columns.ts';

export interface StoredCue {
  startMs: number;
  endMs: number;
  text: string;
}

export interface CaptionTrackTable {
  id: Generated<string>;
  file_id: string;
  kind: 'captions' | 'subtitles';
  /** BCP 47 */
  language: string;
  label: string;
  /** In their order. */
  cues: Json<StoredCue[]>;
  revision: Generated<number>;
  created_at: Created;
  updated_at: Updated;
}

/** One image of many small frames. */
export interface ScrubSpriteTable {
  file_id: string;
  object_key: string;
  bytes: number;
  /** Of one frame. */
  width: number;
  height: number;
  columns: number;
  frames: number;
  interval_ms: number;
}

export interface WaveformTable {
  file_id: string;
  /** Lowest and highest of each part, in turns, from -100 to 100. */
  peaks: Json<number[]>;
}

export interface PlaybackPositionTable {
  account_id: string;
  file_id: string;
  /** 0: played to its end. */
  position_ms: number;
  updated_at: Date;
}
