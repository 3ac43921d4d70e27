/** What the API answers when it refuses (RFC 9457). */
export interface Problem {
  code: string;
  title: string;
  status: number;
  detail?: string;
  errors?: { path: string; message: string }[];
  /** Of `quota_exceeded`, in bytes. */
  quota?: { used: number; limit: number; needed: number };
  requestId?: string;
}

/** `offline`: no answer at all. Every other code comes from the server's table; words for each are in locales errors. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  readonly problem: Problem | null;

  constructor(code: string, status: number, problem: Problem | null, cause?: unknown) {
    super(code, { cause });
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.problem = problem;
  }
}

export function isAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string';
}

export async function refusalOf(response: Pick<Response, 'json' | 'status'>): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new ApiError(body.code, response.status, body);
  // A proxy in between answers in its own words; its status still says whether waiting helps.
  return new ApiError(response.status >= 502 ? 'unavailable' : 'internal', response.status, null);
}
