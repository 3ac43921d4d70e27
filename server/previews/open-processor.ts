import type { Logger } from 'pino';
import { createConverter, findProgram } from '../sandbox/converter.ts';
import { findSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { openWorkspace } from '../sandbox/workspace.ts';
import {
  createPreviewProcessor,
  type PreviewProcessor,
  type PreviewProcessorOptions,
  type Programs,
} from './processor.ts';

export interface OpenProcessorOptions extends Omit<PreviewProcessorOptions, 'workspace' | 'convert'> {
  /** Folder for work in progress, best on the disk of the objects. */
  directory: string;
  log: Logger;
  /** The default is the best that this machine gives. */
  sandbox?: Promise<Sandbox>;
}

/** A preview processor with the best protection that this machine gives. */
export async function openPreviewProcessor({
  directory,
  log,
  sandbox: given,
  ...options
}: OpenProcessorOptions): Promise<PreviewProcessor> {
  const [sandbox, workspace] = await Promise.all([given ?? findSandbox(), openWorkspace(directory)]);
  for (const missing of sandbox.missing) log.warn({ missing }, 'converters are less protected than they could be');
  return createPreviewProcessor({ ...options, workspace, convert: createConverter(sandbox) });
}

/** Programs that previews need and that are not installed, for the operator. */
export async function findMissingPrograms(programs: Programs): Promise<string[]> {
  const found = await Promise.all(
    Object.values(programs).map(async (program) => ({ program, path: await findProgram(program) })),
  );
  return found.filter(({ path }) => path === null).map(({ program }) => program);
}
