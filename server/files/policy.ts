import type { Actor } from '../http/route.ts';

/** How a preview is made. `text` is set in pages; `words` has none, but its words are found; of an `archive` it is told what lies in it. */
export type PreviewMethod =
  | 'office'
  | 'pdf'
  | 'text'
  | 'image'
  | 'heif'
  | 'video'
  | 'audio'
  | 'words'
  | 'archive'
  | 'none';

export interface Format {
  mediaType: string;
  /** Lower case; the first one names files of this type. */
  extensions: readonly string[];
  preview: PreviewMethod;
  /** Whether a browser may show it in place. Never true for what can carry script (html, svg, xml). */
  inline: boolean;
}

const format = (mediaType: string, extensions: string, preview: PreviewMethod = 'none', inline = false): Format => ({
  mediaType,
  extensions: extensions.split(' '),
  preview,
  inline,
});

const ooxml = 'application/vnd.openxmlformats-officedocument';
const odf = 'application/vnd.oasis.opendocument';

/** The formats of teaching that may be uploaded. Anything else is refused by its name already. */
export const formats: readonly Format[] = [
  format(`${ooxml}.wordprocessingml.document`, 'docx', 'office'),
  format(`${ooxml}.presentationml.presentation`, 'pptx', 'office'),
  format(`${ooxml}.presentationml.slideshow`, 'ppsx', 'office'),
  format(`${ooxml}.spreadsheetml.sheet`, 'xlsx', 'office'),
  format('application/msword', 'doc', 'office'),
  format('application/vnd.ms-powerpoint', 'ppt pps', 'office'),
  format('application/vnd.ms-excel', 'xls', 'office'),
  format('application/vnd.ms-works', 'wps', 'office'),
  format('application/vnd.wps-office.dps', 'dps', 'office'),
  format('application/vnd.wps-office.et', 'et', 'office'),
  format(`${odf}.text`, 'odt', 'office'),
  format(`${odf}.presentation`, 'odp', 'office'),
  format(`${odf}.spreadsheet`, 'ods', 'office'),
  format('application/rtf', 'rtf', 'office'),
  format('application/pdf', 'pdf', 'pdf'),
  format('application/ofd', 'ofd'),
  format('text/plain', 'txt', 'text', true),
  format('text/markdown', 'md markdown', 'words'),
  format('text/csv', 'csv', 'words'),
  format('text/tab-separated-values', 'tsv', 'words'),
  format('text/html', 'html htm', 'words'),
  format('application/xml', 'xml', 'words'),
  format('application/json', 'json', 'words'),
  format('image/png', 'png', 'image', true),
  format('image/jpeg', 'jpg jpeg', 'image', true),
  format('image/gif', 'gif', 'image', true),
  format('image/webp', 'webp', 'image', true),
  format('image/avif', 'avif', 'image', true),
  format('image/bmp', 'bmp'),
  format('image/tiff', 'tif tiff', 'image'),
  format('image/heic', 'heic heif', 'heif'),
  format('image/svg+xml', 'svg', 'image'),
  format('image/vnd.adobe.photoshop', 'psd'),
  format('video/mp4', 'mp4 m4v', 'video', true),
  format('video/webm', 'webm', 'video', true),
  format('video/quicktime', 'mov', 'video'),
  format('video/matroska', 'mkv', 'video'),
  format('video/vnd.avi', 'avi', 'video'),
  format('video/x-flv', 'flv', 'video'),
  format('video/x-ms-asf', 'wmv asf', 'video'),
  format('video/mpeg', 'mpg mpeg', 'video'),
  format('video/mp2t', 'ts mts', 'video'),
  format('video/3gpp', '3gp', 'video'),
  format('audio/mpeg', 'mp3', 'audio', true),
  format('audio/mp4', 'm4a', 'audio', true),
  format('audio/aac', 'aac', 'audio', true),
  format('audio/wav', 'wav', 'audio', true),
  format('audio/ogg', 'ogg oga opus', 'audio', true),
  format('audio/flac', 'flac', 'audio', true),
  format('audio/x-ms-asf', 'wma', 'audio'),
  format('audio/amr', 'amr', 'audio'),
  format('audio/midi', 'mid midi'),
  format('application/zip', 'zip', 'archive'),
  format('application/x-rar-compressed', 'rar'),
  format('application/x-7z-compressed', '7z'),
  format('application/epub+zip', 'epub'),
  // Geometry and whiteboard programs that schools use: GeoGebra, The Geometer's Sketchpad, Seewo.
  format('application/vnd.geogebra.file', 'ggb'),
  format('application/x-gsp', 'gsp'),
  format('application/x-enbx', 'enbx'),
];

const byExtension = new Map(formats.flatMap((one) => one.extensions.map((extension) => [extension, one])));
const byMediaType = new Map(formats.map((one) => [one.mediaType, one]));

/** What stands behind the last dot of a file name, in lower case; empty without a dot. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 1 ? '' : name.slice(dot + 1).toLowerCase();
}

/** null for a name that may not be uploaded. */
export function formatOfName(name: string): Format | null {
  return byExtension.get(extensionOf(name)) ?? null;
}

/** null for a type that the table does not know; such a file is only ever downloaded. */
export function formatOfMediaType(mediaType: string): Format | null {
  return byMediaType.get(mediaType) ?? null;
}

/** Who a file belongs to, as far as its readers are decided by it. */
export interface FileOwnership {
  id: string;
  resource_id: string | null;
  owner_id: string | null;
}

/** Whose business it is what is wrong with a file. */
export function mayKnowFaults(actor: Actor, file: Pick<FileOwnership, 'owner_id'>): boolean {
  return actor.kind === 'account' && (actor.role === 'admin' || actor.id === file.owner_id);
}

/** Answers of other features. */
export interface FileReaders {
  mayReadResource(actor: Actor, resourceId: string): Promise<boolean>;
  /** Whether the file is the slides of a class session that the actor takes part in. */
  mayReadAsSlides(actor: Actor, fileId: string): Promise<boolean>;
}

/** A file is read by those who may read its resource; before it has one, by its owner; slides also by their rooms. */
export async function mayReadFile(readers: FileReaders, actor: Actor, file: FileOwnership): Promise<boolean> {
  if (file.resource_id === null) {
    if (actor.kind === 'account' && file.owner_id === actor.id) return true;
  } else if (await readers.mayReadResource(actor, file.resource_id)) return true;
  return readers.mayReadAsSlides(actor, file.id);
}
