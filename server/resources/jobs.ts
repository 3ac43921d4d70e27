import { z } from 'zod';
import { defineJob } from '../jobs/definition.ts';

/** Removes a deleted resource for good. */
export const removeResourceJob = defineJob({
  name: 'resource.remove',
  payload: z.object({ resourceId: z.uuid() }),
});
