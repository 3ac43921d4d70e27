import type { File } from '../api/types.ts';
import { mediaKind } from '../format/media-kind.ts';
import type { Translate } from '../locales/text.ts';

/** Whether previews are still to come. */
export function isBusy({ state }: Pick<File, 'state'>): boolean {
  return state === 'uploaded' || state === 'processing';
}

/** Whether nobody is given it: something was found in it, or nothing is known yet. */
export function isWithheld({ scan }: Pick<File, 'scan'>): boolean {
  return scan === 'infected' || scan === 'waiting';
}

/** How far a file without a preview is, or why it has none and what to do. */
export function stateWords(t: Translate, file: File): string {
  if (file.scan === 'infected') return t('errors.file_infected');
  if (file.scan === 'waiting' && !isBusy(file) && file.errorCode !== 'file_unscannable') {
    return t('errors.file_not_scanned');
  }
  // Words about Word and WPS help nobody with an archive.
  if (file.errorCode === 'preview_failed' && mediaKind(file.mediaType) === 'archive')
    return t('resource.archive.broken');
  if (file.errorCode) return t(`errors.${file.errorCode}`);
  if (file.state === 'failed') return t('resource.noPreview');
  if (file.state === 'uploaded') return t('resource.processing.queued');
  if (file.state === 'ready') return t('resource.nothingToPreview');
  const { step = 'reading', done = 0, total = 0 } = file.progress ?? {};
  return t(`resource.processing.${step}`, { done: done ?? 0, total: total ?? 0 });
}
