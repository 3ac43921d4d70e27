import type { Generated } from 'kysely';
import type { Created, Updated } from './columns.ts';

export interface SchoolTable {
  id: Generated<string>;
  name: string;
  /** Null: no limit. */
  quota_bytes: number | null;
  /** IANA name of the zone in which its clocks go. */
  time_zone: Generated<string>;
  /** Null: for ever. */
  recordings_kept_days: number | null;
  /** What of its pupils may be in recordings of lessons that begin from now on. */
  pupils_recorded: Generated<'none' | 'voices' | 'voices_and_pictures'>;
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
  /** When its browser was last given the cookie with its key. */
  key_sent_at: Date | null;
  /** When it first came with its key; until then the room's former device goes on. */
  key_used_at: Date | null;
  created_at: Created;
}
