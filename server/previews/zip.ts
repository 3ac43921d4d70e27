import { openPromise, type ZipFile } from 'yauzl';
import { PreviewProblem } from './preview.ts';

/** What the reader of archives refuses, or zlib does, is broken; what the disk refuses is not the file's fault. */
export async function orBroken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const isOurs = error instanceof Error && 'code' in error && !String(error.code).startsWith('Z_');
    throw isOurs ? error : new PreviewProblem('preview_failed', { cause: error });
  }
}

/**
 * Opens an archive whose names and sizes are looked at as they were written: nothing is decoded, checked or put right. To be
 * closed by the caller.
 * @throws PreviewProblem `preview_failed` for what is no archive
 */
export async function openZip(path: string): Promise<ZipFile> {
  const asWritten = { decodeStrings: false, validateEntrySizes: false, strictFileNames: false };
  return orBroken(openPromise(path, { autoClose: false, ...asWritten }));
}
