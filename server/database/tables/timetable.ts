import type { Generated } from 'kysely';
import type { Created, Json, Updated } from './columns.ts';

export interface StoredPeriod {
  label: string;
  /** HH:MM on the school's clocks. */
  start: string;
  end: string;
}

export interface BellScheduleTable {
  id: Generated<string>;
  school_id: string;
  position: number;
  name: string;
  /** MM-DD, both included; null for the one that holds all year. */
  season_from: string | null;
  season_to: string | null;
  periods: Json<StoredPeriod[]>;
}

export interface StoredDaysOff {
  from: string;
  to: string;
  name: string;
}

export interface StoredMakeUpDay {
  day: string;
  insteadOf: string;
}

export interface TermTable {
  id: Generated<string>;
  alliance_id: string;
  kind: 'autumn' | 'spring';
  name: string;
  /** YYYY-MM-DD */
  first_day: string;
  last_day: string;
  days_off: Json<StoredDaysOff[]>;
  make_up_days: Json<StoredMakeUpDay[]>;
  created_at: Created;
}

export interface RoomGroupTable {
  id: Generated<string>;
  alliance_id: string;
  owner_id: string;
  name: string;
  created_at: Created;
}

export interface RoomGroupRoomTable {
  room_group_id: string;
  room_id: string;
}

export interface ClassSessionSeriesTable {
  id: Generated<string>;
  /** As it was asked for. */
  repetition: Json<Record<string, unknown>>;
  created_at: Created;
}

/** A time on the timetable, as a notice keeps it. */
export interface StoredSlot {
  start: string;
  end: string;
  period: string | null;
}

export interface StoredLessonNotice {
  title: string;
  /** Who did it. */
  by: string;
  reason: string | null;
  from: StoredSlot;
  to: StoredSlot | null;
  /** How many lessons of a series it is about. */
  count: number;
}

export interface StoredRecordingNotice {
  title: string;
  resourceId: string;
  deletedAfter: string;
}

export interface NoticeTable {
  id: Generated<string>;
  account_id: string;
  kind: 'cancelled' | 'moved' | 'changed' | 'recording_expires';
  class_session_id: string;
  data: Json<StoredLessonNotice | StoredRecordingNotice>;
  created_at: Created;
  read_at: Date | null;
}

export interface CalendarFeedTable {
  id: Generated<string>;
  account_id: string | null;
  room_id: string | null;
  token_hash: Buffer;
  /** Of the token that is good now. */
  created_at: Updated;
}
