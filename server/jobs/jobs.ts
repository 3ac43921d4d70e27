import { fromKysely, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import { withCauses } from '../errors.ts';
import { createDeadLetters, DEAD_QUEUE, type DeadLetters, dropLetters } from './dead-letters.ts';
import { type JobDefinition, type JobHandler, PermanentJobError } from './definition.ts';

export interface JobsOptions {
  /** The queue keeps a schema of its own in this database, and a few connections. */
  databaseUrl: string;
  log: Logger;
  schema?: string;
}

export interface SendOptions {
  /** Seconds from now before which the job is not run. */
  delaySeconds?: number;
  /** Of jobs whose definition is `unique`, what makes two the same. */
  key?: string;
}

export interface QueueSize {
  name: string;
  waiting: number;
  running: number;
}

/** A durable queue in PostgreSQL: at least once, with leases, back-off and dead letters. */
export interface Jobs {
  /** Before `start`: jobs of this kind are run here, up to `concurrency` at a time. */
  handle<P extends object>(definition: JobDefinition<P>, handler: JobHandler<P>, concurrency?: number): void;
  /** Before `start`: jobs of this kind are only sent from here. */
  declare(definition: JobDefinition<object>): void;
  /** Before `start`: sends such a job by a cron expression in UTC; once for all processes. */
  schedule<P extends object>(definition: JobDefinition<P>, cron: string, payload: P): void;
  start(): Promise<void>;
  /**
   * Sends a job as part of the transaction `db`, or at once when it is none.
   * @returns its id, or null when an equal `unique` job is waiting already.
   */
  send<P extends object>(
    db: Database,
    definition: JobDefinition<P>,
    payload: P,
    options?: SendOptions,
  ): Promise<string | null>;
  /** Jobs that wait or run and whose payload has all of `part`. @returns their ids. */
  underWay<P extends object>(definition: JobDefinition<P>, part: Partial<P>): Promise<string[]>;
  dead: DeadLetters;
  sizes(): Promise<QueueSize[]>;
  /** Takes no more jobs, lets the running ones end for `drainMs`, then aborts them; the queue gives them out again. */
  stop(drainMs: number): Promise<void>;
}

const DAY_SECONDS = 24 * 60 * 60;
/** A process that has been silent for so long has lost its jobs; others look for such jobs as often. */
const LEASE_SECONDS = 12;
const LEASE_CHECK_SECONDS = 5;
/** New jobs wake their workers; this is for retries whose time has come, and for wake-ups that were lost. */
const POLL_SECONDS = 2;
/** What handlers get to react to being aborted. */
const ABORT_GRACE_MS = 2000;

interface Registration {
  definition: JobDefinition<object>;
  /** Takes an unparsed payload. */
  run: JobHandler<object> | null;
  concurrency: number;
}

const underWayStates: ReadonlySet<string> = new Set(['created', 'retry', 'active']);

export function createJobs({ databaseUrl, log, schema = 'jobs' }: JobsOptions): Jobs {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema,
    application_name: 'tongke-jobs',
    max: 4,
    useListenNotify: true,
    superviseIntervalSeconds: LEASE_CHECK_SECONDS,
    monitorIntervalSeconds: LEASE_CHECK_SECONDS,
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  boss.on('error', (error) => log.error({ err: error }, 'job queue'));
  boss.on('warning', ({ message }) => log.warn({ detail: message }, 'job queue'));

  const registrations = new Map<string, Registration>();
  const schedules: { name: string; cron: string; payload: object }[] = [];
  const stopping = new AbortController();
  let stopped: Promise<void> | undefined;

  function register(registration: Registration): void {
    const { name } = registration.definition;
    if (registrations.get(name)?.run) throw new Error(`The job ${name} has a handler already.`);
    registrations.set(name, registration);
  }

  function queueOptions({ definition }: Registration) {
    return {
      retryLimit: definition.retryLimit,
      retryDelay: definition.retryDelaySeconds,
      retryDelayMax: definition.retryDelayMaxSeconds,
      retryBackoff: true,
      expireInSeconds: definition.timeoutSeconds,
      heartbeatSeconds: LEASE_SECONDS,
      deleteAfterSeconds: DAY_SECONDS,
      deadLetter: DEAD_QUEUE,
      notify: true,
    };
  }

  /** Queues are made one after the other, as each is a table; those of an earlier start learn what is new at once. */
  async function openQueues(all: readonly Registration[]): Promise<void> {
    const known = new Set((await boss.getQueues()).map(({ name }) => name));
    if (!known.has(DEAD_QUEUE)) await boss.createQueue(DEAD_QUEUE, { retentionSeconds: 90 * DAY_SECONDS });
    const updates: Promise<void>[] = [];
    for (const registration of all) {
      const { name, unique } = registration.definition;
      const options = queueOptions(registration);
      if (known.has(name)) updates.push(boss.updateQueue(name, options));
      else await boss.createQueue(name, { ...options, policy: unique ? 'stately' : 'standard' });
    }
    await Promise.all(updates);
  }

  async function work({ definition, run, concurrency }: Registration): Promise<void> {
    if (run === null) return;
    const options = {
      perJobResults: true,
      includeMetadata: true,
      heartbeatRefreshSeconds: LEASE_SECONDS / 4,
      pollingIntervalSeconds: POLL_SECONDS,
      notifyPollingIntervalSeconds: POLL_SECONDS,
    } as const;
    for (let n = 0; n < concurrency; n++) {
      let worker: string | undefined;
      worker = await boss.work<object, object, typeof options>(definition.name, options, async ([job]) => {
        if (job === undefined) return [];
        const result = await runOne(job, definition, run);
        // Where one job was, more may wait: look again at once.
        if (worker) boss.notifyWorker(worker);
        return [result];
      });
    }
  }

  async function runOne(
    job: JobWithMetadata<object>,
    { name, retryLimit, about }: JobDefinition<object>,
    run: JobHandler<object>,
  ): Promise<JobResult<object>> {
    const attempt = job.retryCount + 1;
    const jobLog = log.child({ job: name, jobId: job.id, attempt });
    const signal = AbortSignal.any([job.signal, stopping.signal]);
    const startedAt = performance.now();
    try {
      signal.throwIfAborted();
      if (attempt === 1) await dropLetters(boss, name, about(job.data));
      await run(job.data, { jobId: job.id, attempt, lastAttempt: attempt > retryLimit, signal, log: jobLog });
      jobLog.debug({ durationMs: Math.round(performance.now() - startedAt) }, 'job done');
      return { id: job.id, status: 'completed' };
    } catch (error) {
      const output = { message: withCauses(error) };
      if (error instanceof PermanentJobError) {
        jobLog.error({ err: error }, 'job failed for good');
        return { id: job.id, status: 'deadletter', output };
      }
      if (signal.aborted) jobLog.info('job interrupted');
      else jobLog.warn({ err: error }, 'job failed');
      return { id: job.id, status: 'failed', output };
    }
  }

  /** The schedules in the database are those of this version, no older ones. */
  async function writeSchedules(): Promise<void> {
    const wanted = new Set(schedules.map(({ name }) => name));
    for (const { name } of await boss.getSchedules()) if (!wanted.has(name)) await boss.unschedule(name);
    for (const { name, cron, payload } of schedules)
      await boss.schedule(name, cron, payload, { tz: 'UTC', missed: 'once' });
  }

  return {
    handle(definition, handler, concurrency = 1) {
      register({
        definition,
        concurrency,
        run(payload, context) {
          const parsed = definition.payload.safeParse(payload);
          if (!parsed.success) throw new PermanentJobError('The payload is not of this kind.', { cause: parsed.error });
          return handler(parsed.data, context);
        },
      });
    },

    declare(definition) {
      if (!registrations.has(definition.name)) register({ definition, run: null, concurrency: 0 });
    },

    schedule(definition, cron, payload) {
      schedules.push({ name: definition.name, cron, payload });
    },

    async start() {
      await boss.start();
      const all = [...registrations.values()];
      await openQueues(all);
      await writeSchedules();
      await Promise.all(all.map(work));
    },

    async send(db, definition, payload, { delaySeconds, key } = {}) {
      return boss.send(definition.name, definition.payload.parse(payload), {
        db: fromKysely(db),
        ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
        ...(key === undefined ? {} : { singletonKey: key }),
      });
    },

    async underWay({ name }, part) {
      const jobs = await boss.findJobs<object>(name, { data: part });
      return jobs.filter(({ state }) => underWayStates.has(state)).map(({ id }) => id);
    },

    dead: createDeadLetters(boss),

    async sizes() {
      const queues = await boss.getQueues([...registrations.keys(), DEAD_QUEUE]);
      return queues.map(({ name, queuedCount, activeCount }) => ({ name, waiting: queuedCount, running: activeCount }));
    },

    stop(drainMs) {
      stopped ??= (async () => {
        const timer = setTimeout(() => stopping.abort(new Error('The process stops.')), drainMs);
        try {
          await boss.stop({ graceful: true, timeout: drainMs + ABORT_GRACE_MS });
        } finally {
          clearTimeout(timer);
          stopping.abort(new Error('The process stops.'));
        }
      })();
      return stopped;
    },
  };
}
