import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { Document, HeadingLevel, Packer, PageBreak, Paragraph } from 'docx';
import ExcelJS from 'exceljs';
import PDFDocument from 'pdfkit';
import PptxGenJS from 'pptxgenjs';
import sharp from 'sharp';
import { ZipFile } from 'yazl';

const run = promisify(execFile);
/** A program's help is needed, so its absence fails the test. */
const make = (program: string, args: string[]) => run(program, args, { timeout: 60_000 });

/** A lesson plan of two pages. */
export async function docx(): Promise<Buffer> {
  return Packer.toBuffer(
    new Document({
      sections: [
        {
          children: [
            new Paragraph({ text: '分数的初步认识', heading: HeadingLevel.TITLE }),
            new Paragraph('教学目标：结合具体情境初步认识几分之一。'),
            new Paragraph({ children: [new PageBreak()] }),
            new Paragraph('课后练习：用分数表示图中的涂色部分。'),
          ],
        },
      ],
    }),
  );
}

/** Three slides. */
export async function pptx(): Promise<Buffer> {
  // The package's types name a namespace where its entry gives the class.
  const deck = new (PptxGenJS as unknown as new () => import('pptxgenjs').default)();
  for (const words of ['长方形和正方形', '周长怎么量', '小结与作业']) {
    deck.addSlide().addText(words, { x: 1, y: 2, fontSize: 40, fontFace: 'Noto Sans CJK SC' });
  }
  return Buffer.from((await deck.write({ outputType: 'uint8array' })) as Uint8Array);
}

export async function xlsx(): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('成绩');
  sheet.addRows([
    ['姓名', '语文', '数学'],
    ['学生一', 95, 98],
  ]);
  return Buffer.from(await book.xlsx.writeBuffer());
}

export function pdf(pages: number, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new PDFDocument({ ...options, autoFirstPage: false });
  for (let page = 1; page <= pages; page++) document.addPage().fontSize(40).text(`Page ${page} of the worksheet`);
  document.end();
  return buffer(document);
}

export const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#2a7' } })
    .png()
    .toBuffer();

export async function heic(folder: string): Promise<Buffer> {
  const [source, target] = [join(folder, 'heic.png'), join(folder, 'sample.heic')];
  await writeFile(source, await png(900, 600));
  await make('heif-enc', [source, '-o', target]);
  return readFile(target);
}

export async function mp4(folder: string, seconds = 3): Promise<Buffer> {
  const target = join(folder, 'sample.mp4');
  const picture = ['-f', 'lavfi', '-i', `testsrc2=size=640x360:rate=25:duration=${seconds}`];
  const sound = ['-f', 'lavfi', '-i', `sine=frequency=440:duration=${seconds}`];
  await make('ffmpeg', ['-v', 'error', ...picture, ...sound, '-pix_fmt', 'yuv420p', '-shortest', '-y', target]);
  return readFile(target);
}

export async function mp3(folder: string): Promise<Buffer> {
  const target = join(folder, 'sample.mp3');
  await make('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'sine=frequency=440:duration=2', '-y', target]);
  return readFile(target);
}

/** As Word before 2007 wrote it. */
export async function doc(folder: string): Promise<Buffer> {
  const source = join(folder, 'old.docx');
  await writeFile(source, await docx());
  await make('soffice', [
    '--headless',
    `-env:UserInstallation=file://${folder}/profile`,
    '--convert-to',
    'doc',
    '--outdir',
    folder,
    source,
  ]);
  return readFile(join(folder, 'old.doc'));
}

export function zip(entries: Record<string, string>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(entries)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return buffer(archive.outputStream as NodeJS.ReadableStream as import('node:stream').Readable);
}
