import { setTimeout as sleep } from 'node:timers/promises';
import type { EnqueuedTask, Meilisearch } from 'meilisearch';
import { SearchRefusedError, SearchUnavailableError } from './search-index.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;

/**
 * Waits until a task of Meilisearch has taken effect, however long the queue is.
 * @throws SearchRefusedError when it failed for what it was given, SearchUnavailableError when that was not to blame.
 */
export async function taskDone(client: Meilisearch, enqueued: EnqueuedTask, signal?: AbortSignal): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const task = await client.tasks.getTask(enqueued.taskUid, signal && { signal });
    if (task.status === 'succeeded') return;
    if (task.status === 'failed' || task.status === 'canceled') {
      // A full disk, an index that was deleted meanwhile, an operator who cancelled it: all that passes.
      const passes =
        task.status === 'canceled' || task.error?.type === 'system' || task.error?.code === 'index_not_found';
      const Failure = passes ? SearchUnavailableError : SearchRefusedError;
      throw new Failure(`Meilisearch did not carry out ${task.type}: ${task.error?.code ?? task.status}`, {
        cause: task.error,
      });
    }
    await sleep(pause, undefined, { signal });
  }
}
