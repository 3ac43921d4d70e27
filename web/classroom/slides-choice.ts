import { type File, type ResourceKind, type ResourceSummary, resourceKinds } from '../api/types.ts';
import { hasPages } from '../format/media-kind.ts';

/** A file whose pages are turned in a lesson. */
export interface ChosenSlides {
  fileId: string;
  name: string;
  /** Null while they are still being made. */
  pages: number | null;
}

/** Kinds that are a film, a sound or a picture by their nature. */
const withoutDocuments: readonly ResourceKind[] = ['class_recording', 'experiment_video', 'media_asset'];
export const kindsWithDocuments = resourceKinds.filter((kind) => !withoutDocuments.includes(kind));

/** The file that a resource is chosen for at once: its first one, when its pages are there. */
export function firstSlides({ title, cover }: Pick<ResourceSummary, 'title' | 'cover'>): ChosenSlides | null {
  return cover?.pages ? { fileId: cover.fileId, name: title, pages: cover.pages } : null;
}

/** Whether there may be something to choose: of several files only the first is known before the resource is opened. */
export function mayHaveSlides({ cover, fileCount }: Pick<ResourceSummary, 'cover' | 'fileCount'>): boolean {
  return fileCount > 1 || (cover !== null && hasPages(cover.mediaType));
}

/** The files that can be chosen, also those whose pages are still being made. */
export function slidesOf(
  files: readonly Pick<File, 'id' | 'name' | 'mediaType' | 'state' | 'pages'>[],
): ChosenSlides[] {
  return files
    .filter(({ mediaType, state, pages }) => {
      if (state === 'ready') return Boolean(pages);
      return state !== 'failed' && hasPages(mediaType);
    })
    .map(({ id, name, pages }) => ({ fileId: id, name, pages }));
}
