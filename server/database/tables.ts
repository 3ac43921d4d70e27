import type { AuditEventTable } from './tables/audit.ts';
import type {
  ClassEventTable,
  ClassSessionRoomTable,
  ClassSessionSlidesTable,
  ClassSessionTable,
  RecordingChunkTable,
  RecordingEventTable,
  RecordingStateChangeTable,
  RecordingTable,
  RecordingTrackTable,
} from './tables/classroom.ts';
import type { DeviceAuthorizationTable, RoomCheckTable } from './tables/devices.ts';
import type {
  ArchiveContentsTable,
  CatalogNodeTable,
  FileTable,
  IndexRefusalTable,
  OutboxTable,
  PageTextTable,
  PageWordsTable,
  PreviewTable,
  ResourceRevisionTable,
  ResourceTable,
  SynonymGroupTable,
  UploadTable,
} from './tables/library.ts';
import type { LessonNoteTable } from './tables/notes.ts';
import type {
  AccountTable,
  AllianceSchoolTable,
  AllianceTable,
  AttemptTable,
  CredentialTable,
  DeviceTable,
  RoomTable,
  SchoolTable,
  SetUpTable,
  SignInTable,
} from './tables/people.ts';
import type { CaptionTrackTable, PlaybackPositionTable, ScrubSpriteTable, WaveformTable } from './tables/playback.ts';
import type { RenditionTable, RenditionWorkTable } from './tables/renditions.ts';
import type {
  BellScheduleTable,
  CalendarFeedTable,
  ClassSessionSeriesTable,
  NoticeTable,
  RoomGroupRoomTable,
  RoomGroupTable,
  TermTable,
} from './tables/timetable.ts';

/** The rows of every table, as the migrations leave them. Names are the database's own. */
export interface Tables {
  school: SchoolTable;
  lesson_note: LessonNoteTable;
  alliance: AllianceTable;
  alliance_school: AllianceSchoolTable;
  account: AccountTable;
  credential: CredentialTable;
  sign_in: SignInTable;
  attempt: AttemptTable;
  set_up: SetUpTable;
  room: RoomTable;
  device: DeviceTable;
  device_authorization: DeviceAuthorizationTable;
  room_check: RoomCheckTable;
  catalog_node: CatalogNodeTable;
  resource: ResourceTable;
  resource_revision: ResourceRevisionTable;
  file: FileTable;
  preview: PreviewTable;
  page_text: PageTextTable;
  archive_contents: ArchiveContentsTable;
  page_words: PageWordsTable;
  rendition: RenditionTable;
  rendition_work: RenditionWorkTable;
  scrub_sprite: ScrubSpriteTable;
  waveform: WaveformTable;
  caption_track: CaptionTrackTable;
  playback_position: PlaybackPositionTable;
  upload: UploadTable;
  synonym_group: SynonymGroupTable;
  outbox: OutboxTable;
  index_refusal: IndexRefusalTable;
  class_session: ClassSessionTable;
  class_session_room: ClassSessionRoomTable;
  class_session_slides: ClassSessionSlidesTable;
  class_event: ClassEventTable;
  class_session_series: ClassSessionSeriesTable;
  bell_schedule: BellScheduleTable;
  term: TermTable;
  room_group: RoomGroupTable;
  room_group_room: RoomGroupRoomTable;
  notice: NoticeTable;
  calendar_feed: CalendarFeedTable;
  recording: RecordingTable;
  recording_state_change: RecordingStateChangeTable;
  recording_track: RecordingTrackTable;
  recording_chunk: RecordingChunkTable;
  recording_event: RecordingEventTable;
  audit_event: AuditEventTable;
}
