import type { Jobs } from '../jobs/jobs.ts';
import { type EraseOptions, eraseFile } from './erase.ts';
import { eraseFileJob, sweepFilesJob } from './schema.ts';
import type { FileService } from './service.ts';

export interface FileJobOptions extends EraseOptions {
  files: Pick<FileService, 'sweep'>;
}

/** Before the queue is started: what becomes of files that were given up. */
export function handleFileJobs(jobs: Jobs, options: FileJobOptions): void {
  jobs.handle(eraseFileJob, ({ fileId }, { signal }) => eraseFile(options, fileId, signal));
  jobs.handle(sweepFilesJob, async (_, { log }) => {
    const files = await options.files.sweep(new Date());
    if (files > 0) log.info({ files }, 'unused files given up');
  });
  jobs.schedule(sweepFilesJob, '20 19 * * *', {});
}
