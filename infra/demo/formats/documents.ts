import { Document, HeadingLevel, Packer, Paragraph, Table, TableCell, TableRow, TextRun, WidthType } from 'docx';
import ExcelJS from 'exceljs';
import PDFDocument from 'pdfkit';
import PptxGenJS from 'pptxgenjs';
import type { Topic } from '../content/topics.ts';

const han = 'Noto Sans CJK SC';
const hanFile = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';
const hanFace = 'NotoSansCJKsc-Regular';

/** A lesson plan (教学设计) as Word writes it. */
export async function lessonPlanDocx(topic: Topic): Promise<Buffer> {
  const heading = (text: string) => new Paragraph({ text, heading: HeadingLevel.HEADING_2, spacing: { before: 240 } });
  const paragraph = (text: string) =>
    new Paragraph({ children: [new TextRun({ text, size: 24 })], spacing: { line: 360 } });
  const cell = (text: string, width: number) =>
    new TableCell({ width: { size: width, type: WidthType.PERCENTAGE }, children: [paragraph(text)] });
  const document = new Document({
    styles: { default: { document: { run: { font: han } } } },
    sections: [
      {
        children: [
          new Paragraph({ text: `《${topic.title}》教学设计`, heading: HeadingLevel.TITLE }),
          paragraph(topic.place.slice(1, 7).join(' · ')),
          heading('教学目标'),
          ...topic.goals.map((goal, index) => paragraph(`${index + 1}. ${goal}`)),
          heading('教学重点'),
          paragraph(topic.focus),
          heading('教学过程'),
          new Table({
            width: { size: 100, type: WidthType.PERCENTAGE },
            rows: topic.steps.map(([name, text]) => new TableRow({ children: [cell(name, 22), cell(text, 78)] })),
          }),
          heading('当堂练习'),
          ...topic.questions.map((question, index) =>
            paragraph(`${index + 1}. ${question.stem}${question.choices ? `  ${question.choices.join('   ')}` : ''}`),
          ),
          heading('板书设计'),
          paragraph(`${topic.title}:${topic.focus}`),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}

/** Courseware (课件): a title, the goals, one slide a step, the questions. */
export async function coursewarePptx(topic: Topic): Promise<Buffer> {
  const deck = new PptxGenJS();
  deck.layout = 'LAYOUT_WIDE';
  deck.theme = { headFontFace: han, bodyFontFace: han };
  const slide = (title: string, lines: readonly string[]) => {
    const page = deck.addSlide();
    page.background = { color: 'FAF9F5' };
    page.addText(title, { x: 0.8, y: 0.5, w: 11.7, h: 1, fontSize: 34, bold: true, color: '155842', fontFace: han });
    page.addShape('line', { x: 0.8, y: 1.5, w: 11.7, h: 0, line: { color: 'CFC9B8', width: 1 } });
    page.addText(
      lines.map((text) => ({ text, options: { breakLine: true, paraSpaceAfter: 14 } })),
      { x: 0.8, y: 1.8, w: 11.7, h: 4.8, fontSize: 24, color: '1C2B2A', valign: 'top', fontFace: han },
    );
  };
  const cover = deck.addSlide();
  cover.background = { color: '155842' };
  cover.addText(topic.title, {
    x: 0.8,
    y: 2.4,
    w: 11.7,
    h: 1.4,
    fontSize: 48,
    bold: true,
    color: 'FFFFFF',
    align: 'center',
    fontFace: han,
  });
  cover.addText(topic.place.slice(1, 5).join(' · '), {
    x: 0.8,
    y: 4,
    w: 11.7,
    h: 0.6,
    fontSize: 22,
    color: 'E4F1EA',
    align: 'center',
    fontFace: han,
  });
  slide('学习目标', topic.goals);
  for (const [name, text] of topic.steps) slide(name, text.split(/(?<=[。；？])/));
  slide(
    '练一练',
    topic.questions.map((question) => [question.stem, ...(question.choices ?? [])].join('   ')),
  );
  return (await deck.write({ outputType: 'nodebuffer' })) as Buffer;
}

/** A question bank (试题库): one row a question. */
export async function questionBankXlsx(topicsOfBank: readonly Topic[]): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('试题');
  sheet.columns = [
    { header: '题号', width: 8 },
    { header: '题型', width: 10 },
    { header: '题干', width: 60 },
    { header: '选项', width: 40 },
    { header: '答案', width: 20 },
    { header: '难度', width: 8 },
    { header: '课', width: 24 },
  ];
  sheet.getRow(1).font = { bold: true };
  let number = 0;
  for (const topic of topicsOfBank) {
    for (const { stem, choices, answer, level } of topic.questions) {
      number += 1;
      sheet.addRow([
        number,
        choices ? '选择题' : '填空题',
        stem,
        choices?.join(' | ') ?? '',
        answer,
        level,
        topic.place[6],
      ]);
    }
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** A task sheet or paper as a printed PDF, answers on a page of their own. */
export async function worksheetPdf(topic: Topic, heading: string): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', margin: 64, info: { Title: `${topic.title} ${heading}` } });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const ended = new Promise<void>((resolve, reject) => document.once('end', resolve).once('error', reject));
  document.font(hanFile, hanFace);
  document.fontSize(20).text(`${topic.title}`, { align: 'center' }).moveDown(0.3);
  document.fontSize(13).text(heading, { align: 'center' }).moveDown(0.5);
  document.fontSize(12).text('班级：____________  姓名：____________  用时：______分钟').moveDown(1.2);
  document.fontSize(13).text('学习目标').moveDown(0.3).fontSize(12);
  for (const goal of topic.goals) document.text(`· ${goal}`, { lineGap: 5 });
  document.moveDown(1).fontSize(13).text('练习').moveDown(0.3).fontSize(12);
  topic.questions.forEach((question, index) => {
    document.text(`${index + 1}.（${question.level}）${question.stem}`, { lineGap: 5 });
    if (question.choices)
      document.text(`    ${question.choices.map((choice, i) => `${'ABCD'[i]}. ${choice}`).join('    ')}`);
    document.moveDown(2.4);
  });
  document.addPage().fontSize(13).text('参考答案').moveDown(0.3).fontSize(12);
  topic.questions.forEach((question, index) => {
    document.text(`${index + 1}. ${question.answer}`, { lineGap: 5 });
  });
  document.end();
  await ended;
  return Buffer.concat(parts);
}
