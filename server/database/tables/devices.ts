import type { Generated } from 'kysely';
import type { Created, NullableJson } from './columns.ts';

export interface DeviceAuthorizationTable {
  id: Generated<string>;
  device_code_hash: Buffer;
  user_code_hash: Buffer;
  /** What the browser calls itself. */
  browser: string;
  /** Its size, such as `1920×1080`. */
  screen: string | null;
  address: string;
  /** `confirmed`: its key waits to be fetched. */
  state: Generated<'pending' | 'denied' | 'confirmed' | 'fetched'>;
  room_id: string | null;
  name: string | null;
  device_id: string | null;
  /** The account that confirmed or denied it. */
  decided_by: string | null;
  /** How far apart the screen's questions have to be. */
  poll_seconds: number;
  polled_at: Date | null;
  /** When its key was given out. */
  fetched_at: Date | null;
  created_at: Created;
  expires_at: Date;
}

export interface RoomCheckTable {
  room_id: string;
  /** Somebody wants a check; answered once `at` is later. */
  asked_at: Date | null;
  device_id: string | null;
  at: Date | null;
  reason: 'power_on' | 'before_lesson' | 'asked' | null;
  found: NullableJson<Record<string, unknown>>;
}
