import { pino } from 'pino';
import { z } from 'zod';
import { defineJob } from '../../server/jobs/definition.ts';
import { createJobs } from '../../server/jobs/jobs.ts';

/** A process that takes a job and never ends it, for the test that kills it. It prints a line when it has begun. */
export const endless = defineJob({ name: 'test.endless', payload: z.object({}), timeoutSeconds: 600 });

const databaseUrl = process.argv[2];
if (import.meta.main && databaseUrl) {
  const jobs = createJobs({ databaseUrl, log: pino({ level: 'silent' }) });
  jobs.handle(endless, async () => {
    process.stdout.write('begun\n');
    await new Promise(() => undefined);
  });
  await jobs.start();
}
