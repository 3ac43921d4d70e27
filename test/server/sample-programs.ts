import type { Programs } from '../../server/previews/processor.ts';

/** The converters as they are installed. */
export const programs: Programs = {
  soffice: 'soffice',
  pdfinfo: 'pdfinfo',
  pdftoppm: 'pdftoppm',
  pdftotext: 'pdftotext',
  ffprobe: 'ffprobe',
  ffmpeg: 'ffmpeg',
  heifConvert: 'heif-convert',
};
