import { createConverter } from '../../sandbox/converter.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { openWorkspace } from '../../sandbox/workspace.ts';
import { createRenderer, type Renderer, type RendererOptions } from './renderer.ts';

export interface OpenRendererOptions extends Omit<RendererOptions, 'workspace' | 'convert'> {
  /** Folder for work in progress, best on the disk of the objects. */
  directory: string;
  sandbox: Promise<Sandbox>;
}

/** A renderer with the best protection that this machine gives; what it lacks the previews have told the operator. */
export async function openRenderer({ directory, sandbox, ...options }: OpenRendererOptions): Promise<Renderer> {
  const [found, workspace] = await Promise.all([sandbox, openWorkspace(directory)]);
  return createRenderer({ ...options, workspace, convert: createConverter(found) });
}
