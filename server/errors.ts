/**
 * Every failure that a user or a client program may be told about.
 * The code is stable and public; the web translates it. Status codes: RFC 9110 §15.
 */
const statusOf = {
  bad_request: 400,
  invalid_input: 400,
  password_wrong: 400,
  password_too_weak: 400,
  not_signed_in: 401,
  sign_in_failed: 401,
  set_up_token_wrong: 401,
  enrolment_code_wrong: 401,
  join_token_wrong: 401,
  forbidden: 403,
  cross_site_request: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  already_set_up: 409,
  login_taken: 409,
  phone_taken: 409,
  name_taken: 409,
  lead_taken: 409,
  last_admin: 409,
  file_in_use: 409,
  session_not_live: 409,
  session_already_over: 409,
  session_not_scheduled: 409,
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
  search_unavailable: 503,
  storage_unavailable: 503,
  classroom_unavailable: 503,
  shutting_down: 503,
  no_space: 507,
  file_unreadable: 422,
  catalog_unreadable: 422,
} as const;

export type ErrorCode = keyof typeof statusOf;
export const errorCodes = Object.keys(statusOf) as ErrorCode[];

export interface FieldError {
  /** Where in the input, as `a.b.0`. */
  path: string;
  message: string;
}

export interface AppErrorOptions {
  /** What led to it; logged, never shown. */
  cause?: unknown;
  /** A sentence for the reader of the response. It holds nothing that the reader may not know. */
  detail?: string;
  errors?: FieldError[];
  /** Seconds after which another try makes sense (RFC 9110 §10.2.3). */
  retryAfterSeconds?: number;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly detail: string | undefined;
  readonly errors: FieldError[] | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.detail ?? code, { cause: options.cause });
    this.code = code;
    this.detail = options.detail;
    this.errors = options.errors;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status() {
    return statusOf[this.code];
  }
}
