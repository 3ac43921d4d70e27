import type {
  ClassEventTable,
  ClassSessionRoomTable,
  ClassSessionTable,
  RecordingChunkTable,
  RecordingEventTable,
  RecordingStateChangeTable,
  RecordingTable,
  RecordingTrackTable,
} from './tables/classroom.ts';
import type {
  CatalogNodeTable,
  FileTable,
  OutboxTable,
  PreviewTable,
  ResourceRevisionTable,
  ResourceTable,
  UploadTable,
} from './tables/library.ts';
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
