/**
 * Every failure that a user or a client program may be told about.
 * The code is stable and public; the web translates it. Status codes: RFC 9110 §15.
 */
const statusOf = {
  bad_request: 400,
  invalid_input: 400,
  password_wrong: 400,
  password_too_weak: 400,
  authorization_pending: 400,
  slow_down: 400,
  access_denied: 400,
  expired_token: 400,
  not_signed_in: 401,
  sign_in_failed: 401,
  set_up_token_wrong: 401,
  enrolment_code_wrong: 401,
  invitation_invalid: 401,
  forbidden: 403,
  file_infected: 403,
  cross_site_request: 403,
  not_found: 404,
  user_code_unknown: 404,
  method_not_allowed: 405,
  conflict: 409,
  already_set_up: 409,
  login_taken: 409,
  phone_taken: 409,
  name_taken: 409,
  lead_taken: 409,
  last_admin: 409,
  file_in_use: 409,
  file_not_scanned: 409,
  captions_full: 409,
  limit_reached: 409,
  not_a_recording: 409,
  session_not_live: 409,
  session_already_over: 409,
  session_not_scheduled: 409,
  term_overlaps: 409,
  upload_offset_wrong: 409,
  upload_gone: 410,
  revision_outdated: 412,
  tus_version_wrong: 412,
  upload_too_large: 413,
  body_too_large: 413,
  type_not_allowed: 415,
  range_not_satisfiable: 416,
  account_locked: 423,
  upload_locked: 423,
  too_many_attempts: 429,
  internal: 500,
  storage_unavailable: 503,
  classroom_unavailable: 503,
  no_space: 507,
  quota_exceeded: 507,
  captions_unreadable: 422,
  table_unreadable: 422,
  table_header_missing: 422,
  table_empty: 422,
  table_too_large: 413,
} as const;

export type ErrorCode = keyof typeof statusOf;
export const errorCodes = Object.keys(statusOf) as ErrorCode[];

export interface FieldError {
  /** Where in the input, as `a.b.0`. */
  path: string;
  message: string;
}

/** What a school uses, what it may use, and what was to be added. */
export interface ExceededQuota {
  used: number;
  limit: number;
  needed: number;
}

export interface AppErrorOptions {
  /** What led to it; logged, never shown. */
  cause?: unknown;
  /** A sentence for the reader of the response. It holds nothing that the reader may not know. */
  detail?: string;
  errors?: FieldError[];
  /** Of `quota_exceeded`, in bytes. */
  quota?: ExceededQuota;
  /** Seconds after which another try makes sense (RFC 9110 §10.2.3). */
  retryAfterSeconds?: number;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly quota: ExceededQuota | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? code, { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.errors = options.errors;
    this.quota = options.quota;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status() {
    return statusOf[this.code];
  }
}

const chainLength = 2000;

/**
 * An error and what led to it, each by its name and its stable word where it has one, for operators:
 * `AppError: storage_unavailable ← Error ECONNREFUSED: connect`.
 */
export function withCauses(error: unknown): string {
  const chain: string[] = [];
  for (let one = error; one !== undefined && one !== null; one = one instanceof Error ? one.cause : null) {
    if (!(one instanceof Error)) {
      chain.push(String(one));
      continue;
    }
    const { name, message } = one;
    const word = 'code' in one ? one.code : 'reason' in one ? one.reason : null;
    chain.push(`${name}${typeof word !== 'string' || message.startsWith(word) ? '' : ` ${word}`}: ${message}`);
  }
  // No column can hold a NUL.
  return chain.join(' ← ').replaceAll('\0', '').slice(0, chainLength);
}
