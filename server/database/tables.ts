import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** The rows of every table, as the migrations leave them. Names are the database's own. */
export interface Tables {
  school: SchoolTable;
  alliance: AllianceTable;
  alliance_school: AllianceSchoolTable;
  account: AccountTable;
  credential: CredentialTable;
  sign_in: SignInTable;
  attempt: AttemptTable;
  set_up: SetUpTable;
  room: RoomTable;
  device: DeviceTable;
  catalog_node: CatalogNodeTable;
  resource: ResourceTable;
  resource_revision: ResourceRevisionTable;
  file: FileTable;
  preview: PreviewTable;
  upload: UploadTable;
  outbox: OutboxTable;
  class_session: ClassSessionTable;
  class_session_room: ClassSessionRoomTable;
  class_event: ClassEventTable;
  recording: RecordingTable;
  recording_state_change: RecordingStateChangeTable;
  recording_track: RecordingTrackTable;
  recording_chunk: RecordingChunkTable;
  recording_event: RecordingEventTable;
}

type Created = ColumnType<Date, Date | undefined, never>;
type Updated = ColumnType<Date, Date | undefined, Date>;
type Json<T> = JSONColumnType<T & object>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface SchoolTable {
  id: Generated<string>;
  name: string;
  created_at: Created;
}

export interface AllianceTable {
  id: Generated<string>;
  name: string;
  kind: 'led' | 'remote' | 'mutual';
  created_at: Created;
}

export interface AllianceSchoolTable {
  alliance_id: string;
  school_id: string;
  role: 'lead' | 'member';
}

export interface AccountTable {
  id: Generated<string>;
  name: string;
  login: string;
  display_login: string | null;
  phone: string | null;
  email: string;
  email_verified: Generated<boolean>;
  image: string | null;
  role: 'teacher' | 'operator' | 'principal' | 'office' | 'admin';
  school_id: string | null;
  alliance_id: string | null;
  disabled_at: Date | null;
  created_at: Created;
  updated_at: Updated;
}

export interface CredentialTable {
  id: Generated<string>;
  account_id: string;
  external_id: string;
  provider: string;
  password_hash: string | null;
  created_at: Created;
  updated_at: Updated;
}

export interface SignInTable {
  id: Generated<string>;
  account_id: string;
  token: string;
  expires_at: Date;
  ip_address: string | null;
  user_agent: string | null;
  created_at: Created;
  updated_at: Updated;
}

export interface AttemptTable {
  key: string;
  count: number;
  window_started_at: Date;
  locked_until: Date | null;
}

export interface SetUpTable {
  only_row: Generated<true>;
  token_hash: Buffer;
  created_at: Created;
}

export interface RoomTable {
  id: Generated<string>;
  school_id: string;
  name: string;
  created_at: Created;
  deleted_at: Date | null;
}

export interface DeviceTable {
  id: Generated<string>;
  room_id: string;
  name: string;
  key_hash: Buffer | null;
  enrolment_code_hash: Buffer | null;
  enrolment_expires_at: Date | null;
  enrolled_at: Date | null;
  last_seen_at: Date | null;
  revoked_at: Date | null;
  created_at: Created;
}

export type CatalogLevel = 'stage' | 'subject' | 'edition' | 'grade' | 'volume' | 'unit' | 'lesson';

export interface CatalogNodeTable {
  id: Generated<string>;
  parent_id: string | null;
  level: CatalogLevel;
  slug: string;
  /** The slugs from the stage down, joined by `/`. */
  path: string;
  name: string;
  position: Generated<number>;
  chief_editor: string | null;
  publisher: string | null;
  /** The ids from the stage down to the node itself. */
  lineage: string[];
}

export type Visibility = 'private' | 'school' | 'alliance' | 'public';

export interface ResourceTable {
  id: Generated<string>;
  school_id: string;
  owner_id: string;
  kind: string;
  title: string;
  description: Generated<string>;
  catalog_node_id: string | null;
  licence: string;
  visibility: Visibility;
  status: Generated<'draft' | 'published'>;
  revision: Generated<number>;
  downloads: Generated<number>;
  views: Generated<number>;
  published_at: Date | null;
  created_at: Created;
  updated_at: Updated;
  deleted_at: Date | null;
}

export interface ResourceRevisionTable {
  resource_id: string;
  number: number;
  account_id: string | null;
  snapshot: Json<Record<string, unknown>>;
  created_at: Created;
}

export interface FileTable {
  id: Generated<string>;
  resource_id: string | null;
  position: Generated<number>;
  owner_id: string | null;
  school_id: string;
  name: string;
  bytes: number;
  object_key: string;
  declared_type: string | null;
  media_type: string;
  sha256: string | null;
  state: Generated<'uploaded' | 'processing' | 'ready' | 'failed'>;
  error_code: string | null;
  pages: number | null;
  duration_ms: number | null;
  width: number | null;
  height: number | null;
  content_text: string | null;
  created_at: Created;
  deleted_at: Date | null;
}

export interface PreviewTable {
  file_id: string;
  kind: 'page' | 'poster' | 'image';
  number: Generated<number>;
  width: number;
  height: number;
  object_key: string;
  media_type: string;
  bytes: number;
}

export interface UploadTable {
  /** Also the id of the file that it becomes. */
  id: string;
  owner_id: string;
  school_id: string;
  name: string;
  bytes: number;
  declared_type: string | null;
  sha256: string | null;
  created_at: Created;
  /** Set when its file was made; only leftovers of the transfer remain to be removed. */
  finished_at: Date | null;
}

export interface OutboxTable {
  id: Generated<number>;
  entity: 'resource';
  entity_id: string;
  created_at: Created;
  /** Set on rows that were carried during a rebuild of the index and have to be carried again. */
  relayed_at: Date | null;
}

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
}

export interface ClassSessionRoomTable {
  class_session_id: string;
  room_id: string;
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
