import type { Generated } from 'kysely';
import type { Created, Json, NullableJson, Updated } from './columns.ts';

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
  /** Those that have an image. */
  pages: number | null;
  total_pages: number | null;
  duration_ms: number | null;
  width: number | null;
  height: number | null;
  /** Of the processing that is going on; see files/schema.ts. */
  progress: NullableJson<unknown>;
  /** What the virus scanner said; null when none was asked. */
  scan: 'waiting' | 'clean' | 'oversized' | 'infected' | null;
  /** The scanner's name of what it found. */
  scan_signature: string | null;
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

/** The number of the words that are said in a sound or a video. */
export const spokenPage = 0;

export interface PageTextTable {
  file_id: string;
  /**
   * From 1 on; a file without pages has one. `spokenPage` holds what is said. Of a class recording it counts the turns of
   * its timeline: the first that showed the page.
   */
  number: number;
  text: string;
}

export interface ArchiveContentsTable {
  file_id: string;
  /** See files/schema.ts. */
  contents: Json<Record<string, unknown>>;
}

/** Where the words of a page stand: an object beside its image. */
export interface PageWordsTable {
  file_id: string;
  number: number;
  object_key: string;
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
  /** What the server stumbled over when it last tried to end it, and since when it does. */
  failure: string | null;
  failed_at: Date | null;
}

/** A resource that is published but not found by search. */
export interface IndexRefusalTable {
  resource_id: string;
  reason: string;
  refused_at: Created;
}

export interface SynonymGroupTable {
  id: Generated<string>;
  words: string[];
  updated_at: Updated;
}

export interface OutboxTable {
  id: Generated<number>;
  entity: 'resource' | 'vocabulary';
  entity_id: string;
  created_at: Created;
  /** Set on rows that were carried during a rebuild of the index and have to be carried again. */
  relayed_at: Date | null;
}
