import { describe, expect, it } from 'vitest';
import { readFileName } from '../../server/uploads/file-name.ts';
import { clock } from '../../web/format/format.ts';
import { mediaKind, mediaName } from '../../web/format/media-kind.ts';
import { kindOf, titleOf } from '../../web/resource/draft.ts';
import { storableName } from '../../web/upload/file-name.ts';

const docx = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('what a file name tells', () => {
  it.each([
    ['分数的初步认识_最终版.docx', '分数的初步认识 最终版'],
    ['第 3.5 课 小数.pptx', '第 3.5 课 小数'],
    ['README', 'README'],
    [`${'长'.repeat(300)}.pdf`, '长'.repeat(200)],
  ])('%s is titled %s', (name, title) => {
    expect(titleOf(name)).toBe(title);
  });

  it.each([
    ['分数 教学设计.docx', docx, 'lesson_plan'],
    ['分数练习.docx', docx, 'exercise'],
    ['期末试卷.pdf', 'application/pdf', 'paper'],
    ['认识分数.mp4', 'video/mp4', 'micro_lesson'],
    ['认识分数.pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation', 'courseware'],
    ['儿歌.mp3', 'audio/mpeg', 'media_asset'],
    ['数据.bin', '', 'other'],
  ])('%s is taken for a %s', (name, mediaType, kind) => {
    expect(kindOf(name, mediaType)).toBe(kind);
  });
});

describe('the name a file is sent under', () => {
  it.each([
    ['分数的初步认识.docx', '分数的初步认识.docx'],
    ["Unit 1 What's he like?.docx", "Unit 1 What's he like_.docx"],
    ['..藏起来.pdf.', '藏起来.pdf'],
    ['a\u202efdp.exe', 'afdp.exe'],
    ['???', '___'],
    ['...', 'file'],
    [`${'长'.repeat(250)}.docx`, `${'长'.repeat(195)}.docx`],
  ])('%s becomes %s, which the server takes', (given, sent) => {
    expect(storableName(given)).toBe(sent);
    expect(readFileName(storableName(given))).toBe(sent);
  });
});

describe('how lengths and kinds are written', () => {
  it.each([
    [462_000, '7:42'],
    [999, '0:01'],
    [3_723_000, '1:02:03'],
    [0, '0:00'],
  ])('%i ms is %s', (durationMs, words) => {
    expect(clock(durationMs)).toBe(words);
  });

  it('calls a plain text no document of Word', () => {
    expect(['application/msword', 'text/plain', 'text/csv', 'video/mp4'].map(mediaName)).toEqual([
      'text',
      'plain',
      'sheet',
      'video',
    ]);
  });

  it('knows office files apart', () => {
    expect([docx, 'application/zip', 'text/plain', 'image/heic', 'application/x-unknown'].map(mediaKind)).toEqual([
      'text',
      'archive',
      'text',
      'image',
      'other',
    ]);
  });
});
