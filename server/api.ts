/** What the web may know of the server: types only, so that nothing of the server reaches the browser. */
export type { Account, Me } from './accounts/schema.ts';
export type { AppType } from './app.ts';
export type { CatalogImportResult, CatalogLevel, CatalogNode } from './catalog/schema.ts';
export type { ClassSession } from './class-sessions/schema.ts';
export type { Device, DevicePlace, NewDevice, Room } from './devices/schema.ts';
export type { ErrorCode } from './errors.ts';
export type { File } from './files/schema.ts';
export type { Named } from './http/page.ts';
export type { Problem } from './http/problem.ts';
export type { Role } from './http/route.ts';
export type {
  FacetName,
  Licence,
  Place,
  Resource,
  ResourceHit,
  ResourceKind,
  ResourceRecording,
  ResourceSearchResult,
  ResourceSummary,
  Visibility,
} from './resources/schema.ts';
export type { Alliance, School } from './schools/schema.ts';
export type { Fault } from './system/faults.ts';
export type { DeadJob, Part, SystemStatus } from './system/schema.ts';
