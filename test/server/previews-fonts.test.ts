import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Document, Packer, Paragraph, TextRun } from 'docx';
import PptxGenJS from 'pptxgenjs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PageWord, PageWords } from '../../server/files/schema.ts';
import { createDocumentPreviews } from '../../server/previews/documents.ts';
import { createConverter } from '../../server/sandbox/converter.ts';
import { findSandbox } from '../../server/sandbox/sandbox.ts';
import { openWorkspace } from '../../server/sandbox/workspace.ts';
import { programs } from './sample-programs.ts';

const run = promisify(execFile);

/** The faces of Chinese documents, under the names that Word, WPS and English Windows write; none is installed. */
const serif = ['宋体', 'SimSun', '仿宋', '仿宋_GB2312', 'FangSong', '楷体', '楷体_GB2312', 'KaiTi', '华文中宋'];
const sans = ['黑体', 'SimHei', '微软雅黑', 'Microsoft YaHei', '等线'];
const letters = [...'永国鹰'];

interface Drawn {
  /** Of each font, in their order: the piece of the page that its word stands on. */
  words: Buffer[];
  /** What pdffonts lists. */
  fonts: string;
}

async function draw(name: string, content: Uint8Array): Promise<Drawn> {
  const directory = await mkdtemp(join(tmpdir(), 'fonts-'));
  await chmod(directory, 0o711);
  const folder = await (await openWorkspace(directory)).open();
  try {
    const source = join(folder.path, name);
    await writeFile(source, content, { mode: 0o644 });
    const images = new Map<number, Buffer>();
    const pages = new Map<number, PageWords>();
    const { previewOffice } = createDocumentPreviews(createConverter(await findSandbox()), programs);
    await previewOffice({
      source,
      folder: folder.path,
      signal: AbortSignal.timeout(120_000),
      progress: async () => undefined,
      keep: async ({ number, width, content: image }) => void (width === 1280 && images.set(number, image)),
      keepWords: async (number, words) => void pages.set(number, words),
    });
    const [made = ''] = (await readdir(folder.path)).filter((one) => one.startsWith('pdf-'));
    const [pdf = ''] = await readdir(join(folder.path, made));
    const { stdout: fonts } = await run('pdffonts', [join(folder.path, made, pdf)]);
    const placed = [...pages].flatMap(([number, { lines }]) => lines.flat().map((word) => ({ number, word })));
    const words: Buffer[] = [];
    for (const { number, word } of placed) words.push(await cut(images.get(number) ?? Buffer.alloc(0), word));
    return { words, fonts };
  } finally {
    await folder.close();
    await rm(directory, { recursive: true });
  }
}

async function cut(image: Buffer, word: PageWord): Promise<Buffer> {
  const { width, height } = await sharp(image).metadata();
  const at = (part: number, whole: number) => Math.floor((part / 10_000) * whole);
  return sharp(image)
    .extract({
      left: at(word.x, width),
      top: at(word.y, height),
      width: at(word.width, width),
      height: at(word.height, height),
    })
    .resize({ width: 40 * letters.length, height: 40, fit: 'fill' })
    .greyscale()
    .raw()
    .toBuffer();
}

/** Letters of a word of equal widths, one by one. */
function letterOf(word: Buffer, index: number): Buffer {
  const row = 40 * letters.length;
  return Buffer.concat(
    Array.from({ length: 40 }, (_, y) => word.subarray(y * row + index * 40, y * row + index * 40 + 40)),
  );
}
/** Share of the ink that two pictures do not have in common. */
function difference(a: Buffer, b: Buffer): number {
  let [apart, ink] = [0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 255;
    apart += Math.abs(value - other);
    ink += 255 - Math.min(value, other);
  }
  return ink === 0 ? 0 : apart / ink;
}

async function docxIn(fonts: readonly string[]): Promise<Buffer> {
  const children = fonts.map(
    (font) => new Paragraph({ children: [new TextRun({ text: letters.join(''), font, size: 60 })] }),
  );
  return Packer.toBuffer(new Document({ sections: [{ children }] }));
}
async function pptxIn(fonts: readonly string[]): Promise<Buffer> {
  const deck = new (PptxGenJS as unknown as new () => import('pptxgenjs').default)();
  for (const fontFace of fonts)
    deck.addSlide().addText(letters.join(''), { x: 1, y: 2, w: 8, h: 1.5, fontSize: 60, fontFace });
  return Buffer.from((await deck.write({ outputType: 'uint8array' })) as Uint8Array);
}

describe.each([
  ['a Word document', 'a.docx', docxIn],
  ['slides', 'a.pptx', pptxIn],
] as const)('%s in fonts that are not installed', (_, name, make) => {
  it('has Chinese letters and no boxes in their place', { timeout: 90_000 }, async () => {
    const { words } = await draw(name, await make([...serif, ...sans]));
    expect(words).toHaveLength(serif.length + sans.length);
    for (const word of words) {
      const drawn = letters.map((_letter, index) => letterOf(word, index));
      for (const letter of drawn) expect(difference(letter, Buffer.alloc(letter.length, 255))).toBeGreaterThan(0.5);
      // The box in place of a letter that a font lacks is the same for all letters.
      expect(difference(drawn[0] ?? Buffer.alloc(0), drawn[1] ?? Buffer.alloc(0))).toBeGreaterThan(0.3);
      expect(difference(drawn[1] ?? Buffer.alloc(0), drawn[2] ?? Buffer.alloc(0))).toBeGreaterThan(0.3);
    }
  });

  it.each([
    ['serifs for the faces that have them', serif, 'NotoSerifCJK', 'NotoSansCJK'],
    ['none for the others', sans, 'NotoSansCJK', 'NotoSerifCJK'],
  ])('has %s', { timeout: 90_000 }, async (_words, faces, wanted, unwanted) => {
    const { fonts } = await draw(name, await make(faces));
    expect(fonts).toContain(wanted);
    expect(fonts).not.toContain(unwanted);
    expect(fonts).not.toContain('DejaVu');
  });
});

it('has Latin letters as wide as those of Times New Roman, Arial and Calibri', { timeout: 90_000 }, async () => {
  const { fonts } = await draw(
    'a.docx',
    await Packer.toBuffer(
      new Document({
        sections: [
          {
            children: ['Times New Roman', 'Arial', 'Calibri'].map(
              (font) => new Paragraph({ children: [new TextRun({ text: 'Fractions', font, size: 60 })] }),
            ),
          },
        ],
      }),
    ),
  );
  for (const font of ['LiberationSerif', 'LiberationSans', 'Carlito']) expect(fonts).toContain(font);
});
