import type { Logger } from 'pino';
import type { z } from 'zod';

/** A kind of job: its name, its payload and how patient the queue is with it. */
export interface JobDefinition<P extends object> {
  /** Also the queue's name, as `file.process`. */
  name: string;
  payload: z.ZodType<P>;
  /** A run that takes longer is aborted and counts as failed. */
  timeoutSeconds: number;
  /** Further tries after the first one. */
  retryLimit: number;
  /** Wait before the first retry; it doubles with each further one, up to `retryDelayMaxSeconds`. */
  retryDelaySeconds: number;
  retryDelayMaxSeconds: number;
  /** At most one waiting and one running job of a key (see SendOptions); others of that key are dropped. */
  unique: boolean;
  /** The part of a payload that says what the work is about: two jobs with the same are the same work. */
  about(payload: P): object;
}

type Defaults = Omit<JobDefinition<object>, 'name' | 'payload' | 'about'>;

const defaults: Defaults = {
  timeoutSeconds: 15 * 60,
  retryLimit: 5,
  retryDelaySeconds: 2,
  retryDelayMaxSeconds: 5 * 60,
  unique: false,
};

export function defineJob<P extends object>(
  definition: Pick<JobDefinition<P>, 'name' | 'payload'> & Partial<Defaults & Pick<JobDefinition<P>, 'about'>>,
): JobDefinition<P> {
  return { ...defaults, about: (payload) => payload, ...definition };
}

export interface JobContext {
  jobId: string;
  /** 1 for the first try. */
  attempt: number;
  /** Whether the queue gives up when this try fails. */
  lastAttempt: boolean;
  /** Aborted when the process stops, the time is over, or another process has taken the job. */
  signal: AbortSignal;
  log: Logger;
}

export type JobHandler<P extends object> = (payload: P, context: JobContext) => Promise<void>;

/** Thrown by a handler whose job no retry can help: it goes to the dead letters at once. */
export class PermanentJobError extends Error {
  override readonly name = 'PermanentJobError';
}

/** A job that the queue has given up, as an administrator sees it. */
export interface DeadJob {
  id: string;
  /** Name of the job's definition. */
  name: string;
  /** As it was sent. */
  payload: object;
  tries: number;
  failedAt: Date;
  /** What the last try failed with, for operators. */
  failure: string | null;
}
