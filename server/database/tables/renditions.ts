import type { Generated } from 'kysely';
import type { Created, Updated } from './columns.ts';

export interface RenditionTable {
  file_id: string;
  name: '360p' | '720p' | 'audio';
  object_key: string;
  bytes: number;
  media_type: string;
  /** Null of sound. */
  width: number | null;
  height: number | null;
  /** Bits a second over the whole file, container and all. */
  bitrate: number;
  created_at: Created;
}

export interface RenditionWorkTable {
  file_id: string;
  state: 'working' | 'done' | 'failed';
  percent: Generated<number>;
  /** Of the list of what is made. */
  version: Generated<number>;
  updated_at: Updated;
}
