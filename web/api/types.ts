import type { CatalogLevel, Licence, ResourceKind, Role, Visibility } from '../../server/api.ts';

/** The shapes of the wire, as the server's schemas have them, under the names that pages use. */
export type {
  Account,
  Alliance,
  CatalogImportResult as CatalogImport,
  CatalogLevel,
  CatalogNode,
  ClassSession,
  Device,
  FacetName,
  Fault,
  File,
  Licence,
  Me,
  Named,
  Place,
  Resource,
  ResourceHit,
  ResourceKind,
  ResourceRecording as Recording,
  ResourceSearchResult as SearchAnswer,
  ResourceSummary,
  Role,
  Room,
  School,
  Visibility,
} from '../../server/api.ts';

/** What forms offer, in this order. A test holds these lists against the server's. */
export const resourceKinds = [
  'lesson_plan',
  'courseware',
  'micro_lesson',
  'task_sheet',
  'exercise',
  'question_bank',
  'paper',
  'teaching_case',
  'class_recording',
  'experiment_video',
  'media_asset',
  'school_course',
  'other',
] as const satisfies readonly ResourceKind[];

export const licences = [
  'cc_by',
  'cc_by_nc',
  'cc_by_nc_sa',
  'cc0',
  'alliance_only',
  'all_rights_reserved',
] as const satisfies readonly Licence[];

export const visibilities = ['private', 'school', 'alliance', 'public'] as const satisfies readonly Visibility[];
export const roles = ['teacher', 'operator', 'principal', 'office', 'admin'] as const satisfies readonly Role[];
export const catalogLevels = [
  'stage',
  'subject',
  'edition',
  'grade',
  'volume',
  'unit',
  'lesson',
] as const satisfies readonly CatalogLevel[];
