import type { ClassroomErrorCode } from './protocol.ts';

/** Code → the HTTP status that says the same. The one table of the classroom's errors. */
const statuses: Record<ClassroomErrorCode, number> = {
  token_invalid: 401,
  token_expired: 401,
  token_used: 401,
  resume_unknown: 401,
  not_joined: 401,
  already_joined: 409,
  bad_request: 400,
  method_not_allowed: 403,
  source_not_allowed: 403,
  not_on_stage: 403,
  stage_full: 409,
  page_ink_full: 409,
  lesson_ink_full: 409,
  muted_by_presenter: 403,
  session_not_open: 409,
  session_ended: 409,
  not_found: 404,
  too_many_requests: 429,
  media_unavailable: 503,
  internal: 500,
};

/** What a client may be told. Anything else that is thrown is logged and told as `internal`. */
export class ClassroomError extends Error {
  readonly code: ClassroomErrorCode;
  readonly status: number;

  constructor(code: ClassroomErrorCode, options?: ErrorOptions) {
    super(code, options);
    this.name = 'ClassroomError';
    this.code = code;
    this.status = statuses[code];
  }
}
