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

/** Sheets of so many rows and columns each, every cell filled. */
export async function sheets(...sizes: readonly (readonly [rows: number, columns: number])[]): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  for (const [index, [rows, columns]] of sizes.entries()) {
    const sheet = book.addWorksheet(`表${index + 1}`);
    for (let row = 1; row <= rows; row++) {
      sheet.addRow(Array.from({ length: columns }, (_, column) => `第${row}行${column + 1}`));
    }
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}

export function pdf(pages: number, options: PDFKit.PDFDocumentOptions = {}): Promise<Buffer> {
  const document = new PDFDocument({ ...options, autoFirstPage: false });
  for (let page = 1; page <= pages; page++) document.addPage().fontSize(40).text(`Page ${page} of the worksheet`);
  document.end();
  return buffer(document);
}

/** One page whose dictionary has further entries, such as a rotation. */
export function pdfWithPage(entries: Record<string, unknown>): Promise<Buffer> {
  const document = new PDFDocument({ autoFirstPage: false });
  Object.assign(document.addPage().page.dictionary.data, entries);
  document.fontSize(28).text('Page 1 of the worksheet');
  document.end();
  return buffer(document);
}

export function emptyPdf(): Promise<Buffer> {
  const document = new PDFDocument();
  document.end();
  return buffer(document);
}

/** As Chinese programs write it: the font is only named, and its encoding is one of Adobe's for simplified Chinese. */
export function pdfWithoutFonts(words: string): Buffer {
  const hex = [...words].map((one) => (one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')).join('');
  const content = `BT /F1 60 Tf 100 600 Td <${hex}> Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor 7 0 R' +
      ' /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93' +
      ' /ItalicAngle 0 /FontBBox [-25 -254 1000 880] >>',
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
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
