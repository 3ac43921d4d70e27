import type { Log } from '../../server/embedded/log.ts';

const nothing = () => undefined;

/** For tests that provoke what a log would complain about. */
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Shows what services complain about, and nothing else. */
export const quiet: Log = {
  ...silent,
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
};
