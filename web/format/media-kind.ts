export type MediaKind = 'text' | 'slides' | 'sheet' | 'pdf' | 'image' | 'video' | 'audio' | 'archive' | 'other';

const exact: Record<string, MediaKind> = {
  'application/pdf': 'pdf',
  'application/msword': 'text',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'text',
  'application/vnd.oasis.opendocument.text': 'text',
  'application/rtf': 'text',
  'application/vnd.ms-works': 'text',
  'application/vnd.ms-powerpoint': 'slides',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'slides',
  'application/vnd.openxmlformats-officedocument.presentationml.slideshow': 'slides',
  'application/vnd.oasis.opendocument.presentation': 'slides',
  'application/vnd.wps-office.dps': 'slides',
  'application/vnd.ms-excel': 'sheet',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'sheet',
  'application/vnd.oasis.opendocument.spreadsheet': 'sheet',
  'application/vnd.wps-office.et': 'sheet',
  'text/csv': 'sheet',
  'application/zip': 'archive',
  'application/x-7z-compressed': 'archive',
  'application/x-rar-compressed': 'archive',
};

/** What a person would call a file of this media type. */
export function mediaKind(mediaType: string): MediaKind {
  const known = exact[mediaType];
  if (known) return known;
  const top = mediaType.split('/')[0];
  if (top === 'image' || top === 'video' || top === 'audio' || top === 'text') return top;
  return 'other';
}

const documents: readonly MediaKind[] = ['text', 'slides', 'sheet', 'pdf'];

/** Whether a file of this type gets images of its pages, and so can be turned page by page. Plain text gets none. */
export function hasPages(mediaType: string): boolean {
  return mediaType.startsWith('application/') && documents.includes(mediaKind(mediaType));
}
