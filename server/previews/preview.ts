import type { ArchiveContents, FileErrorCode, PageWords } from '../files/schema.ts';
import { ConverterError } from '../sandbox/converter.ts';
import type { TellProgress } from './progress.ts';

/** Widths in pixels at which images are kept; others are made of these when asked for. */
export const storedWidths = [320, 1280] as const;

/** One WebP image. */
export interface Preview {
  kind: 'page' | 'poster' | 'image';
  /** Of the page, from 1 on. */
  number: number;
  width: number;
  height: number;
  content: Buffer;
}

/** What a way of making previews works with. */
export interface Tools {
  /** The file, in `folder`. */
  source: string;
  /** Private to this job and writable for converters. */
  folder: string;
  signal: AbortSignal;
  keep(preview: Preview): Promise<void>;
  /** Of a page, from 1 on. */
  keepWords(number: number, words: PageWords): Promise<void>;
  progress: TellProgress;
}

/** What was found out about a file. */
export interface Findings {
  mediaType?: string;
  /** With an image. */
  pages?: number;
  totalPages?: number;
  durationMs?: number;
  width?: number;
  height?: number;
  /** Of an archive. */
  contents?: ArchiveContents;
  /** Why the words of pages have no places, though the pages are there. */
  withoutWords?: Error;
  /** Words for search, page by page; of a file without pages one text, and none of a picture. */
  pageTexts?: readonly string[];
  /** Why it has no pages, though its words are there. */
  fault?: FileErrorCode;
}

/** Why there is no preview, and none will ever be. */
export class PreviewProblem extends Error {
  override readonly name = 'PreviewProblem';
  readonly code: FileErrorCode;

  constructor(code: FileErrorCode, options: ErrorOptions = {}) {
    super(code, options);
    this.code = code;
  }
}

const codeOfReason = {
  missing: 'preview_unavailable',
  timeout: 'file_too_complex',
  memory: 'file_too_complex',
  room: 'file_too_complex',
  failed: 'preview_failed',
} as const satisfies Record<ConverterError['reason'], FileErrorCode>;

/** What a failure says of the file; null for one of the server. A missing converter is the server's, and it is known. */
export function codeOf(error: unknown): FileErrorCode | null {
  if (error instanceof PreviewProblem) return error.code;
  if (error instanceof ConverterError) return codeOfReason[error.reason];
  return null;
}
