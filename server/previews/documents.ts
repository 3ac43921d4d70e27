import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Converter, ConverterError, type ConverterRun } from './converter.ts';
import { shrink } from './images.ts';
import { type Findings, PreviewProblem, type Tools } from './preview.ts';
import { textForSearch } from './text.ts';

export interface DocumentPrograms {
  soffice: string;
  pdfinfo: string;
  pdftoppm: string;
  pdftotext: string;
}

const GiB = 1024 ** 3;
const OFFICE_MS = 120_000;
const PDF_MS = 60_000;
/** Pages beyond have no image; `pages` counts those that have. */
const MOST_PAGES = 300;
const PAGES_AT_ONCE = 8;
const PAGE_WIDTH = 1280;
const TEXT_BYTES = 1024 * 1024;

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

export function createDocumentPreviews(convert: Converter, programs: DocumentPrograms) {
  const limits = (
    tools: Tools,
  ): Pick<ConverterRun, 'folder' | 'signal' | 'timeoutMs' | 'memoryBytes' | 'fileBytes'> => ({
    folder: tools.folder,
    signal: tools.signal,
    timeoutMs: PDF_MS,
    memoryBytes: 2 * GiB,
    fileBytes: GiB,
  });

  async function toPdf(tools: Tools): Promise<string> {
    // Every run has a profile of its own, else the second would wait for the first.
    const profile = join(tools.folder, 'profile');
    await mkdir(join(profile, 'user'), { recursive: true });
    await writeFile(join(profile, 'user', 'registrymodifications.xcu'), officeSettings);
    const out = join(tools.folder, 'pdf');
    await mkdir(out);
    await openToAll(profile, join(profile, 'user'), out);
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
        '--convert-to',
        'pdf',
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

  async function countPages(tools: Tools, pdf: string): Promise<number> {
    const info = await convert({ ...limits(tools), program: programs.pdfinfo, args: [pdf] }).catch((error: unknown) => {
      if (error instanceof ConverterError && /password/i.test(error.output)) throw new PreviewProblem('file_encrypted');
      throw error;
    });
    const pages = Number(/^Pages:\s+(\d+)$/m.exec(info)?.[1] ?? 0);
    if (pages === 0) throw new PreviewProblem('preview_failed');
    return Math.min(pages, MOST_PAGES);
  }

  async function drawPages(tools: Tools, pdf: string, pages: number): Promise<void> {
    const out = join(tools.folder, 'pages');
    for (let first = 1; first <= pages; first += PAGES_AT_ONCE) {
      const last = Math.min(first + PAGES_AT_ONCE - 1, pages);
      await mkdir(out);
      await openToAll(out);
      await convert({
        ...limits(tools),
        program: programs.pdftoppm,
        args: [
          '-tiff',
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
      for (const [index, image] of images.entries()) {
        tools.signal.throwIfAborted();
        for await (const preview of shrink(join(out, image), 'page', first + index)) await tools.keep(preview);
      }
      await rm(out, { recursive: true });
    }
  }

  async function previewPdf(tools: Tools, pdf = tools.source): Promise<Findings> {
    const pages = await countPages(tools, pdf);
    await drawPages(tools, pdf, pages);
    const args = ['-enc', 'UTF-8', '-l', `${MOST_PAGES}`, pdf, '-'];
    const text = await convert({ ...limits(tools), program: programs.pdftotext, args, outputBytes: TEXT_BYTES });
    return { pages, text: textForSearch(text) };
  }

  return {
    previewPdf: (tools: Tools) => previewPdf(tools),
    previewOffice: async (tools: Tools) => previewPdf(tools, await toPdf(tools)),
  };
}

/** The folder around them is the job's alone, so that only its converters come this far. */
async function openToAll(...folders: string[]): Promise<void> {
  for (const folder of folders) await chmod(folder, 0o777);
}
