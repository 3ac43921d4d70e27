import { PreviewProblem, type Tools } from './preview.ts';

/** Each step of a converter has its own time; this is for all steps together, as of a thousand pages that are slow. */
const DOCUMENT_MS = 10 * 60_000;

/** @throws PreviewProblem `file_too_complex` when the work is not done in time */
export async function withinTime<T>(
  tools: Tools,
  work: (tools: Tools) => Promise<T>,
  milliseconds = DOCUMENT_MS,
): Promise<T> {
  const deadline = AbortSignal.timeout(milliseconds);
  try {
    return await work({ ...tools, signal: AbortSignal.any([tools.signal, deadline]) });
  } catch (error) {
    // Told to stop, we say nothing about the file.
    if (!deadline.aborted || tools.signal.aborted) throw error;
    throw new PreviewProblem('file_too_complex', { cause: error });
  }
}
