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

/** As it stands in the words `resource.media`: there a plain text is told from what Word writes, though all else is the same. */
export function mediaName(mediaType: string): MediaKind | 'plain' {
  const kind = mediaKind(mediaType);
  return kind === 'text' && mediaType.startsWith('text/') ? 'plain' : kind;
}

const endings: Record<Exclude<MediaKind, 'other'>, string> = {
  text: 'doc docx wps odt rtf txt md',
  slides: 'ppt pptx pps ppsx dps odp',
  sheet: 'xls xlsx et ods csv',
  pdf: 'pdf',
  image: 'jpg jpeg png gif webp bmp heic svg tif tiff psd',
  video: 'mp4 m4v mov avi wmv mkv webm flv mpg mpeg 3gp',
  audio: 'mp3 m4a wav wma ogg flac aac amr',
  archive: 'zip rar 7z',
};
const kindOfEnding = new Map(
  Object.entries(endings).flatMap(([kind, all]) => all.split(' ').map((ending) => [ending, kind as MediaKind])),
);

/** The same of a file of which nothing is known but its name. */
export function kindOfName(name: string): MediaKind {
  return kindOfEnding.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'other';
}

const documents: readonly MediaKind[] = ['text', 'slides', 'sheet', 'pdf'];

/** Whether a file of this type gets images of its pages, and so can be turned page by page in a lesson. Plain text has pages as well, but nobody teaches from it. */
export function hasPages(mediaType: string): boolean {
  return mediaType.startsWith('application/') && documents.includes(mediaKind(mediaType));
}
