import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

/**
 * An error as far as it may be logged. PostgreSQL puts the values of the row into `detail`, other libraries whole
 * requests, so only what is named here goes into the log.
 */
export function traceOf(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && { code: error.code }),
    ...('constraint' in error && { constraint: error.constraint }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: traceOf(error.cause) }),
  };
}

/** The log of a process: lines of JSON, with nothing in them that tells of people. */
export function createLog(level: LoggerOptions['level'] & string, destination?: DestinationStream): Logger {
  const err = (error: unknown) => (error instanceof Error ? traceOf(error) : error);
  const options = { level, serializers: { err } };
  return destination ? pino(options, destination) : pino(options);
}
