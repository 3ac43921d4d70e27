import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { defineJob, type JobContext, PermanentJobError } from '../../server/jobs/definition.ts';
import { createJobs, type Jobs } from '../../server/jobs/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../environment/database.ts';
import { endless } from './jobs-worker.ts';

const number = z.object({ number: z.number() });
const log = pino({ level: 'silent' });

describe('the job queue', () => {
  let database: TestDatabase;
  const open: Jobs[] = [];
  const newJobs = () => {
    const jobs = createJobs({ databaseUrl: database.url, log });
    open.push(jobs);
    return jobs;
  };
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((jobs) => jobs.stop(0)));
  });
  afterAll(() => database.close());

  const until = (check: () => void | Promise<void>, timeout = 10_000) => vi.waitFor(check, { timeout, interval: 50 });

  it('runs a job soon after its transaction is committed, and none of one that is rolled back', async () => {
    const job = defineJob({ name: 'test.commit', payload: number });
    const done: number[] = [];
    const jobs = newJobs();
    jobs.handle(job, async (payload) => void done.push(payload.number));
    await jobs.start();

    await expect(
      database.db.transaction().execute(async (tx) => {
        await jobs.send(tx, job, { number: 1 });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    const sentAt = performance.now();
    await database.db.transaction().execute(async (tx) => {
      await jobs.send(tx, job, { number: 2 });
      await sleep(100);
      expect(done).toEqual([]);
    });
    await until(() => expect(done).toEqual([2]));
    expect(performance.now() - sentAt).toBeLessThan(2000);
  });

  it('refuses a payload of another shape when it is sent', async () => {
    const job = defineJob({ name: 'test.shape', payload: number });
    const jobs = newJobs();
    jobs.declare(job);
    await jobs.start();
    const wrong = { number: 'one' } as unknown as { number: number };
    await expect(jobs.send(database.db, job, wrong)).rejects.toThrow(z.ZodError);
  });

  it('tries again with a growing wait, and shows what it has given up to be retried by hand', async () => {
    const job = defineJob({ name: 'test.fail', payload: number, retryLimit: 2, retryDelaySeconds: 1 });
    const attempts: { attempt: number; lastAttempt: boolean; at: number }[] = [];
    let broken = true;
    const jobs = newJobs();
    jobs.handle(job, async (_, { attempt, lastAttempt }) => {
      attempts.push({ attempt, lastAttempt, at: performance.now() });
      if (broken) throw new RangeError('no luck', { cause: new Error('a black cat') });
    });
    await jobs.start();
    await jobs.send(database.db, job, { number: 7 });
    await until(async () => expect(await jobs.dead.list()).toHaveLength(1), 20_000);
    expect(attempts.map(({ attempt, lastAttempt }) => [attempt, lastAttempt])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ]);
    const [first = 0, second = 0, third = 0] = attempts.map(({ at }) => at);
    expect(second - first).toBeGreaterThan(900);
    expect(third - second).toBeGreaterThan(900);

    const [dead] = await jobs.dead.list();
    if (!dead) return expect.unreachable();
    expect(dead).toMatchObject({
      name: 'test.fail',
      payload: { number: 7 },
      tries: 3,
      failure: 'RangeError: no luck ← Error: a black cat',
    });
    broken = false;
    expect(await jobs.dead.retry(dead.id)).toBe(true);
    await until(() => expect(attempts).toHaveLength(4));
    expect(attempts[3]).toMatchObject({ attempt: 1 });
    expect(await jobs.dead.list()).toEqual([]);
    expect(await jobs.dead.retry(dead.id)).toBe(false);
    expect(await jobs.dead.retry('nothing')).toBe(false);
  });

  it('does not retry what the handler calls hopeless', async () => {
    const job = defineJob({ name: 'test.hopeless', payload: number });
    const handler = vi.fn(async () => {
      throw new PermanentJobError('hopeless');
    });
    const jobs = newJobs();
    jobs.handle(job, handler);
    await jobs.start();
    await jobs.send(database.db, job, { number: 1 });
    await until(async () => expect((await jobs.dead.list())[0]).toMatchObject({ name: 'test.hopeless', tries: 1 }));
    expect(handler).toHaveBeenCalledOnce();
  });

  it('no longer lists as given up what is tried anew, whoever sent it', async () => {
    const payload = z.object({ number: z.number(), waits: z.number() });
    const job = defineJob({ name: 'test.anew', payload, about: ({ number }) => ({ number }) });
    const jobs = newJobs();
    let broken = true;
    jobs.handle(job, async ({ number: one }) => {
      if (broken || one === 2) throw new PermanentJobError('hopeless');
    });
    await jobs.start();
    const listed = async () => {
      const dead = (await jobs.dead.list()).filter(({ name }) => name === 'test.anew');
      return dead.map(({ payload }) => payload).reverse();
    };
    await jobs.send(database.db, job, { number: 1, waits: 5 });
    await until(async () => expect(await listed()).toEqual([{ number: 1, waits: 5 }]));
    await jobs.send(database.db, job, { number: 2, waits: 0 });
    await until(async () => expect(await listed()).toHaveLength(2));
    await jobs.send(database.db, job, { number: 2, waits: 1 });
    // One letter of each work, however often it was given up.
    await until(async () =>
      expect(await listed()).toEqual([
        { number: 1, waits: 5 },
        { number: 2, waits: 1 },
      ]),
    );
    broken = false;
    await jobs.send(database.db, job, { number: 1, waits: 0 });
    await until(async () => expect(await listed()).toEqual([{ number: 2, waits: 1 }]));
  });

  it('tries a given-up job once when an equal one waits already', async () => {
    const job = defineJob({ name: 'test.equal', payload: number, unique: true });
    const jobs = newJobs();
    jobs.handle(job, async () => {
      throw new PermanentJobError('hopeless');
    });
    await jobs.start();
    await jobs.send(database.db, job, { number: 1 }, { key: 'a' });
    const listed = async () => (await jobs.dead.list()).filter(({ name }) => name === 'test.equal');
    await until(async () => expect(await listed()).toHaveLength(1));
    const [dead] = await listed();
    await jobs.send(database.db, job, { number: 1 }, { key: 'a', delaySeconds: 600 });
    expect(await jobs.dead.retry(dead?.id ?? '')).toBe(true);
    expect(await listed()).toEqual([]);
  });

  it('keeps one waiting job of a key when the definition is unique', async () => {
    const job = defineJob({ name: 'test.unique', payload: number, unique: true });
    const jobs = newJobs();
    jobs.declare(job);
    await jobs.start();
    expect(await jobs.send(database.db, job, { number: 1 }, { key: 'a' })).toEqual(expect.any(String));
    expect(await jobs.send(database.db, job, { number: 2 }, { key: 'a' })).toBeNull();
    expect(await jobs.send(database.db, job, { number: 3 }, { key: 'b' })).toEqual(expect.any(String));
  });

  it('runs as many jobs at once as it was told', async () => {
    const job = defineJob({ name: 'test.concurrency', payload: number });
    let running = 0;
    let most = 0;
    let done = 0;
    const jobs = newJobs();
    jobs.handle(
      job,
      async () => {
        most = Math.max(most, ++running);
        await sleep(100);
        running--;
        done++;
      },
      2,
    );
    await jobs.start();
    for (let n = 0; n < 6; n++) await jobs.send(database.db, job, { number: n });
    await until(() => expect(done).toBe(6), 20_000);
    expect(most).toBe(2);
  });

  it('lets a running job end when it stops', async () => {
    const job = defineJob({ name: 'test.drain', payload: number });
    const seen: string[] = [];
    const jobs = newJobs();
    jobs.handle(job, async () => {
      seen.push('begun');
      await sleep(800);
      seen.push('ended');
    });
    await jobs.start();
    await jobs.send(database.db, job, { number: 1 });
    await until(() => expect(seen).toEqual(['begun']));
    await jobs.stop(5000);
    expect(seen).toEqual(['begun', 'ended']);
  });

  it('aborts a job that does not end in time, and gives it to the next process', async () => {
    const job = defineJob({ name: 'test.abort', payload: number, retryDelaySeconds: 1 });
    const first = newJobs();
    let begun: JobContext | undefined;
    first.handle(job, async (_, context) => {
      begun = context;
      await new Promise((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason), { once: true });
      });
    });
    await first.start();
    await first.send(database.db, job, { number: 5 });
    await until(() => expect(begun).toBeDefined());
    const stoppedAt = performance.now();
    await first.stop(200);
    expect(performance.now() - stoppedAt).toBeLessThan(3000);
    expect(begun?.signal.aborted).toBe(true);

    const second = newJobs();
    const again: number[] = [];
    second.handle(job, async ({ number: n }) => void again.push(n));
    await second.start();
    await until(() => expect(again).toEqual([5]), 20_000);
  });

  it('gives the job of a killed process to another one well within a minute', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [new URL('jobs-worker.ts', import.meta.url).pathname, database.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const sender = newJobs();
    sender.declare(endless);
    await sender.start();
    await sender.send(database.db, endless, {});
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killedAt = performance.now();
    await sender.stop(0);

    const next = newJobs();
    const attempts: number[] = [];
    next.handle(endless, async (_, { attempt }) => void attempts.push(attempt));
    await next.start();
    await until(() => expect(attempts).toEqual([2]), 40_000);
    expect(performance.now() - killedAt).toBeLessThan(30_000);
  });

  it('keeps the schedules of this version only', async () => {
    const job = defineJob({ name: 'test.schedule', payload: number });
    const schedules = async () => {
      const { rows } = await database.pool.query('select name, cron from jobs.schedule order by name');
      return rows;
    };
    const older = newJobs();
    const gone = defineJob({ name: 'test.gone', payload: number });
    older.declare(gone);
    older.schedule(gone, '0 3 * * *', { number: 1 });
    await older.start();
    expect(await schedules()).toEqual([{ name: 'test.gone', cron: '0 3 * * *' }]);
    const newer = newJobs();
    newer.declare(job);
    newer.schedule(job, '0 4 * * *', { number: 1 });
    await newer.start();
    expect(await schedules()).toEqual([{ name: 'test.schedule', cron: '0 4 * * *' }]);
  });
});
