import { processFileJob } from '../files/schema.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { PreviewProcessor } from './processor.ts';

/** Before the queue is started: files are looked into, `concurrency` at a time. */
export function handlePreviewJobs(jobs: Jobs, previews: PreviewProcessor, concurrency: number): void {
  jobs.handle(processFileJob, ({ fileId }, context) => previews.process(fileId, context), concurrency);
}
