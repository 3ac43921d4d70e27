/** What the web may know of the server: types only, so that nothing of the server reaches the browser. */
export type { ListFaultCode, StaffListLine, StaffListPreview } from './accounts/list-schema.ts';
export type { Account, Me } from './accounts/schema.ts';
export type { AppType } from './app.ts';
export type { Attendance } from './attendance/schema.ts';
export type { AuditEvent } from './audit/schema.ts';
export type { CaptionList, Captions, CaptionTrack, Cue } from './captions/schema.ts';
export type { CatalogImportResult, CatalogLevel, CatalogNode } from './catalog/schema.ts';
export type { PreviewAnswer, Repetition } from './class-sessions/planning-schema.ts';
export type { ClassSession, DayChange, Scope } from './class-sessions/schema.ts';
export type { CheckBody, Found, RoomCheck } from './devices/check-schema.ts';
export type { Device, DevicePlace, NewDevice, Room } from './devices/schema.ts';
export type { ErrorCode } from './errors.ts';
export type { Renditions } from './files/renditions/schema.ts';
export type { File, PageWord, PageWords } from './files/schema.ts';
export type { Named } from './http/page.ts';
export type { Problem } from './http/problem.ts';
export type { Role } from './http/route.ts';
export type { LessonNote } from './lesson-notes/schema.ts';
export type { Notice, NoticeList } from './notices/schema.ts';
export type { PlaybackPosition, UnfinishedList } from './playback/schema.ts';
export type { PupilConsent, PupilsRecorded } from './pupil-consent/schema.ts';
export type { ResourceInk, ResourceRecording } from './resources/recording-schema.ts';
export type {
  FacetName,
  Licence,
  Place,
  Resource,
  ResourceHit,
  ResourceKind,
  ResourceSearchResult,
  ResourceSummary,
  Suggestions,
  UnderstoodCondition,
  Visibility,
  Widening,
} from './resources/schema.ts';
export type { ResourceRetention, SchoolRetention } from './retention/schema.ts';
export type { RoomGroup } from './room-groups/schema.ts';
export type {
  BellSchedule,
  BellTimes,
  BellTimesAnswer,
  Period,
  Term,
  TermInput,
  TermList,
} from './school-days/schema.ts';
export type { Alliance, School } from './schools/schema.ts';
export type { SynonymGroup } from './synonyms/schema.ts';
export type { Fault } from './system/faults.ts';
export type { Part, SystemStatus, Undone } from './system/schema.ts';
export type { Action as AuditAction } from './trail/actions.ts';
