import type { ClassroomErrorCode } from '../../media/protocol.ts';

/** `line_lost`: the socket is gone. `timed_out`: no answer in time. `bad_frame`: the node spoke another protocol. */
export type FailureCode = ClassroomErrorCode | 'line_lost' | 'timed_out' | 'bad_frame';

/** A request of the classroom that was refused or got no answer. Nobody reads its code: what can be done about it is done, or said by who asked. */
export class ClassroomFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, options?: ErrorOptions) {
    super(code, options);
    this.name = 'ClassroomFailure';
    this.code = code;
  }
}

export function failureCode(error: unknown): FailureCode {
  return error instanceof ClassroomFailure ? error.code : 'internal';
}

/** Not refused, only unheard: worth another try when the line is back. */
export function isLineFault(error: unknown): boolean {
  const code = failureCode(error);
  return code === 'line_lost' || code === 'timed_out';
}
