import type { Generated } from 'kysely';
import type { Created, Json, NullableJson, Updated } from './columns.ts';

export interface ClassSessionTable {
  id: Generated<string>;
  alliance_id: string;
  school_id: string;
  presenter_id: string;
  title: string;
  catalog_node_id: string | null;
  slides_file_id: string | null;
  state: Generated<'scheduled' | 'live' | 'ended' | 'published' | 'cancelled'>;
  music: Generated<boolean>;
  scheduled_start: Date;
  scheduled_end: Date;
  started_at: Date | null;
  ended_at: Date | null;
  seen_at: Date | null;
  created_at: Created;
  series_id: string | null;
  /** Which of the weekly times of its series it is. */
  series_slot: number | null;
  /** Such as 第3节; null where the time was chosen freely. */
  period_label: string | null;
  /** Where it was first announced for, while it is elsewhere now. */
  moved_from_start: Date | null;
  moved_from_end: Date | null;
  moved_from_label: string | null;
  change_reason: string | null;
  changed_at: Date | null;
  sequence: Generated<number>;
  updated_at: Updated;
}

export interface ClassSessionRoomTable {
  class_session_id: string;
  room_id: string;
  /** What its school had consented to when the lesson began; null before. */
  pupils_recorded: 'none' | 'voices' | 'voices_and_pictures' | null;
}

/** What a lesson has shown beside the slides that it was planned with. */
export interface ClassSessionSlidesTable {
  class_session_id: string;
  file_id: string;
  shown_at: Date;
}

export interface ClassEventTable {
  id: Generated<number>;
  class_session_id: string;
  at: Date;
  kind: string;
  data: Json<Record<string, unknown>>;
}

export type RecordingState = 'armed' | 'recording' | 'interrupted' | 'finishing' | 'finished' | 'failed';

export interface RecordingTable {
  id: Generated<string>;
  class_session_id: string;
  /** How many recorders have written to it, one after the other. */
  recorders: Generated<number>;
  state: Generated<RecordingState>;
  resource_id: string | null;
  /** Wall clock at the first moment of the finished video. */
  started_at: Date | null;
  duration_ms: number | null;
  completeness: number | null;
  /** What is replayed beside the video: slides, stage, hands, tracks, gaps. */
  timeline: NullableJson<Record<string, unknown>>;
  /** Stable word for what went wrong, such as `empty`. */
  failure: string | null;
  created_at: Created;
  /** Whatever the rule of its school. */
  kept_for_ever: Generated<boolean>;
  /** When its owner was told that it will be deleted. */
  deletion_told_at: Date | null;
}

export interface RecordingStateChangeTable {
  id: Generated<number>;
  recording_id: string;
  state: RecordingState;
  reason: string | null;
  at: Created;
}

export interface RecordingTrackTable {
  recording_id: string;
  id: string;
  epoch: number;
  participant_id: string;
  role: 'presenter' | 'receiver';
  room_id: string | null;
  source: string;
  kind: 'audio' | 'video';
  mime_type: string;
  clock_rate: number;
  channels: number | null;
  opened_at: Date;
}

export interface RecordingChunkTable {
  recording_id: string;
  track_id: string;
  epoch: number;
  number: number;
  object_key: string;
  bytes: number;
  sha256: string;
  packets: number;
  first_sequence: number;
  last_sequence: number;
  first_arrival: Date;
  last_arrival: Date;
}

export interface RecordingEventTable {
  id: Generated<number>;
  recording_id: string;
  at: Date;
  type: string;
  data: Json<Record<string, unknown>>;
}
