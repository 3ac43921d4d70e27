import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';

const run = promisify(execFile);

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Breaks a line of Chinese text so that it fits the picture. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return lines;
}

export interface PictureText {
  title: string;
  lines: readonly string[];
  /** Colours as #rrggbb. */
  paper: string;
  ink: string;
}

/** A blackboard-like picture: a title and some lines. */
export function drawing({ title, lines, paper, ink }: PictureText, width = 1280, height = 720): string {
  const body = lines
    .flatMap((line) => wrap(line, 26))
    .slice(0, 7)
    .map((line, index) => `<text x="90" y="${300 + index * 62}" font-size="38">${escapeXml(line)}</text>`)
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 1280 720">
    <rect width="1280" height="720" fill="${paper}"/>
    <g fill="${ink}" font-family="Noto Sans CJK SC">
      <text x="90" y="160" font-size="62" font-weight="700">${escapeXml(title)}</text>
      <rect x="90" y="200" width="180" height="6"/>${body}
    </g></svg>`;
}

export function png(text: PictureText): Promise<Buffer> {
  return sharp(Buffer.from(drawing(text)))
    .png()
    .toBuffer();
}

/** A photograph of a blackboard as phones save it; encoded by libheif's own tool. */
export async function heic(text: PictureText): Promise<Buffer> {
  return inFolder(async (folder) => {
    await writeFile(join(folder, 'board.png'), await png(text));
    await run('heif-enc', ['-q', '60', '-o', join(folder, 'board.heic'), join(folder, 'board.png')], {
      timeout: 60_000,
    });
    return readFile(join(folder, 'board.heic'));
  });
}

/** Runs `work` in a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tongke-demo-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
