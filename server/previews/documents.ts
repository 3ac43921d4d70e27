import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Converter, ConverterError, type ConverterRun } from '../sandbox/converter.ts';
import { layFontSettings } from './fonts.ts';
import { shrink } from './images.ts';
import { type Findings, PreviewProblem, type Tools } from './preview.ts';
import { pageTextsForSearch } from './text.ts';
import { readPageWords } from './words.ts';

export interface DocumentPrograms {
  soffice: string;
  pdfinfo: string;
  pdftoppm: string;
  pdftotext: string;
}

const GiB = 1024 ** 3;
const OFFICE_MS = 120_000;
const PDF_MS = 60_000;
const MOST_PAGES = 300;
const PAGES_AT_ONCE = 8;
const PAGE_WIDTH = 1280;

/** Written by its spreadsheet program, as the name given to a source ends. */
const isSheet = (source: string) => ['.xlsx', '.xls', '.et', '.ods'].includes(extname(source));
/** A page for each sheet, which a printer would cut into many. */
const WHOLE_SHEETS = 'pdf:calc_pdf_Export:{"SinglePageSheets":{"type":"boolean","value":"true"}}';
/** In points: up to the width of A3 lying and the height of two such standing, a sheet can still be read as one page. */
const [LEAST_SHEET, WIDEST_SHEET, HIGHEST_SHEET] = [20, 1200, 2400];
/**
 * As text and nothing else, whatever it looks like; in letters of one width, as what is set in columns by blanks was
 * typed, and with the Chinese forms of characters.
 */
const AS_TEXT = ['--infilter=Text (encoded):UTF8,LF,Noto Sans Mono CJK SC,zh-CN,'];
const TEXT_BYTES = 1024 * 1024;
/** Of `PAGES_AT_ONCE` pages; some 150 bytes a word. */
const WORDS_BYTES = 8 * 1024 * 1024;

/** No macros, no links that are fetched or updated: a document is only ever looked at. */
const officeSettings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
${[
  ['/org.openoffice.Office.Common/Security/Scripting', 'MacroSecurityLevel', '3'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'DisableMacrosExecution', 'true'],
  ['/org.openoffice.Office.Common/Security/Scripting', 'BlockUntrustedRefererLinks', 'true'],
  ['/org.openoffice.Office.Writer/Content/Update', 'Link', '0'],
  ['/org.openoffice.Office.Calc/Content/Update', 'Link', '1'],
]
  .map(
    ([path, name, value]) =>
      `<item oor:path="${path}"><prop oor:name="${name}" oor:op="fuse"><value>${value}</value></prop></item>`,
  )
  .join('\n')}
</oor:items>
`;

/** What is kept for search of what pdftotext prints, which puts a form feed after every page. */
type PageReader = (printed: string, totalPages: number) => string[];

/** @param mostPages pages beyond have neither image nor words; `pages` counts those that have. */
export function createDocumentPreviews(convert: Converter, programs: DocumentPrograms, mostPages = MOST_PAGES) {
  const limits = (
    tools: Tools,
  ): Pick<ConverterRun, 'folder' | 'signal' | 'timeoutMs' | 'memoryBytes' | 'fileBytes'> => ({
    folder: tools.folder,
    signal: tools.signal,
    timeoutMs: PDF_MS,
    memoryBytes: 2 * GiB,
    fileBytes: GiB,
  });

  async function toPdf(tools: Tools, form = 'pdf', readAs: readonly string[] = []): Promise<string> {
    // Every run has a profile of its own, else the second would wait for the first.
    const profile = join(tools.folder, 'profile');
    await mkdir(join(profile, 'user'), { recursive: true });
    await writeFile(join(profile, 'user', 'registrymodifications.xcu'), officeSettings);
    const out = await mkdtemp(join(tools.folder, 'pdf-'));
    await openToAll(profile, join(profile, 'user'), out);
    await tools.progress('converting');
    await convert({
      ...limits(tools),
      program: programs.soffice,
      args: [
        '--headless',
        '--norestore',
        '--nolockcheck',
        '--nodefault',
        '--nofirststartwizard',
        `-env:UserInstallation=${pathToFileURL(profile).href}`,
        ...readAs,
        '--convert-to',
        form,
        '--outdir',
        out,
        tools.source,
      ],
      timeoutMs: OFFICE_MS,
      memoryBytes: 6 * GiB,
    });
    const [made] = await readdir(out);
    // It ends with 0 also when it could not open the document.
    if (made === undefined) throw new PreviewProblem('preview_failed');
    return join(out, made);
  }

  /** Sheets that are too large for one page, and empty ones, come as they would be printed. */
  async function sheetToPdf(tools: Tools): Promise<string> {
    const pdf = await toPdf(tools, WHOLE_SHEETS);
    const args = ['-f', '1', '-l', `${mostPages}`, pdf];
    const info = await convert({ ...limits(tools), program: programs.pdfinfo, args });
    const sizes = [...info.matchAll(/^Page +\d+ size: +([\d.]+) x ([\d.]+) pts/gm)];
    const isReadable = sizes.every(([, width, height]) => {
      const [wide, high] = [Number(width), Number(height)];
      return Math.min(wide, high) >= LEAST_SHEET && wide <= WIDEST_SHEET && high <= HIGHEST_SHEET;
    });
    return isReadable ? pdf : toPdf(tools);
  }

  async function countPages(tools: Tools, pdf: string): Promise<number> {
    const info = await convert({ ...limits(tools), program: programs.pdfinfo, args: [pdf] }).catch((error: unknown) => {
      if (error instanceof ConverterError && /password/i.test(error.output)) throw new PreviewProblem('file_encrypted');
      throw error;
    });
    const pages = Number(/^Pages:\s+(\d+)$/m.exec(info)?.[1] ?? 0);
    if (pages === 0) throw new PreviewProblem('preview_failed');
    return pages;
  }

  /** @returns why words are missing, or null. Pages are worth more than their words: without these they are kept. */
  async function drawPages(tools: Tools, pdf: string, pages: number): Promise<ConverterError | null> {
    let withoutWords: ConverterError | null = null;
    const out = join(tools.folder, 'pages');
    let drawn = 0;
    await tools.progress('drawing', 0, pages);
    for (let first = 1; first <= pages; first += PAGES_AT_ONCE) {
      const last = Math.min(first + PAGES_AT_ONCE - 1, pages);
      await mkdir(out);
      await openToAll(out);
      await convert({
        ...limits(tools),
        program: programs.pdftoppm,
        args: [
          '-tiff',
          // What a reader shows of a page whose edges are trimmed.
          '-cropbox',
          '-scale-to-x',
          `${PAGE_WIDTH}`,
          '-scale-to-y',
          '-1',
          '-f',
          `${first}`,
          '-l',
          `${last}`,
          pdf,
          join(out, 'page'),
        ],
      });
      // Numbered with leading zeros, so the order of names is that of pages.
      const images = (await readdir(out)).toSorted();
      if (images.length !== last - first + 1) throw new PreviewProblem('preview_failed');
      const ratios: number[] = [];
      for (const [index, image] of images.entries()) {
        tools.signal.throwIfAborted();
        for await (const preview of shrink(join(out, image), 'page', first + index)) {
          await tools.keep(preview);
          ratios[index] = preview.width / preview.height;
        }
        await tools.progress('drawing', ++drawn, pages);
      }
      await rm(out, { recursive: true });
      // Once it has taken too long, it would do so for each of many pages.
      withoutWords ??= await keepWords(tools, pdf, first, ratios).then(() => null, orConverterError);
    }
    return withoutWords;
  }

  async function keepWords(tools: Tools, pdf: string, first: number, ratios: readonly number[]): Promise<void> {
    const last = first + ratios.length - 1;
    const args = ['-bbox-layout', '-cropbox', '-enc', 'UTF-8', '-f', `${first}`, '-l', `${last}`, pdf, '-'];
    const xhtml = await convert({ ...limits(tools), program: programs.pdftotext, args, outputBytes: WORDS_BYTES });
    for (const [index, words] of readPageWords(xhtml, ratios).entries()) {
      if (words.lines.length > 0 && first + index <= last) await tools.keepWords(first + index, words);
    }
  }

  async function previewPdf(tools: Tools, pdf = tools.source, readPages: PageReader = pageTextsForSearch) {
    const totalPages = await countPages(tools, pdf);
    const pages = Math.min(totalPages, mostPages);
    const withoutWords = await drawPages(tools, pdf, pages);
    const args = ['-enc', 'UTF-8', '-l', `${mostPages}`, pdf, '-'];
    const text = await convert({ ...limits(tools), program: programs.pdftotext, args, outputBytes: TEXT_BYTES });
    return { pages, totalPages, pageTexts: readPages(text, totalPages), ...(withoutWords && { withoutWords }) };
  }

  return {
    async previewPdf(tools: Tools): Promise<Findings> {
      await layFontSettings(tools.folder);
      return previewPdf(tools);
    },
    /** Of a text in UTF-8, with line feeds. */
    async previewText(tools: Tools, readPages: PageReader): Promise<Findings> {
      await layFontSettings(tools.folder);
      return previewPdf(tools, await toPdf(tools, 'pdf', AS_TEXT), readPages);
    },
    async previewOffice(tools: Tools): Promise<Findings> {
      await layFontSettings(tools.folder);
      return previewPdf(tools, await (isSheet(tools.source) ? sheetToPdf(tools) : toPdf(tools)));
    },
  };
}

function orConverterError(error: unknown): ConverterError {
  if (error instanceof ConverterError && error.reason !== 'missing') return error;
  throw error;
}

/** The folder around them is the job's alone, so that only its converters come this far. */
async function openToAll(...folders: string[]): Promise<void> {
  for (const folder of folders) await chmod(folder, 0o777);
}
