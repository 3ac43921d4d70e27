/** Of processes that end while we look, and of kernels that hide those of others. */
const passed = new Set(['ENOENT', 'ESRCH', 'EACCES', 'EPERM']);

/** What was asked of a process, or `otherwise` when it is not there. */
export async function unlessGone<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'code' in error && passed.has(String(error.code))) return otherwise;
    throw error;
  }
}
