import type { Jobs } from '../jobs/jobs.ts';
import { sweepUploadsJob } from './schema.ts';
import type { Uploads } from './service.ts';

/** Before the queue is started: uploads whose end nobody saw are finished within minutes. */
export function handleUploadJobs(jobs: Jobs, uploads: Pick<Uploads, 'sweep'>): void {
  jobs.handle(sweepUploadsJob, async (_, { signal, log }) => {
    const swept = await uploads.sweep(signal);
    if (swept.finished + swept.removed > 0) log.info(swept, 'uploads swept');
  });
  jobs.schedule(sweepUploadsJob, '*/5 * * * *', {});
}
