import { describe, expect, it } from 'vitest';
import { formats } from '../../../server/files/policy.ts';
import { firstSlides, kindsWithDocuments, mayHaveSlides, slidesOf } from '../../../web/classroom/slides-choice.ts';
import { hasPages } from '../../../web/format/media-kind.ts';

const pptx = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
const cover = (mediaType: string, pages: number | null) => ({
  fileId: 'first',
  mediaType,
  pages,
  durationMs: null,
  thumbnail: true,
  scan: null,
});
const file = (
  id: string,
  mediaType: string,
  state: 'uploaded' | 'processing' | 'ready' | 'failed',
  pages: number | null,
) => ({
  id,
  name: `${id}.file`,
  mediaType,
  state,
  pages,
});

describe('the files that slides are chosen from', () => {
  it('are of the types that the server makes pages of', () => {
    const ours = formats.filter(({ mediaType }) => hasPages(mediaType)).map(({ mediaType }) => mediaType);
    const servers = formats.filter(({ preview }) => preview === 'office' || preview === 'pdf');
    expect(ours).toEqual(servers.map(({ mediaType }) => mediaType));
  });

  it('are chosen at once when the first one has its pages', () => {
    expect(firstSlides({ title: '分数', cover: cover(pptx, 12) })).toEqual({
      fileId: 'first',
      name: '分数',
      pages: 12,
    });
    expect(firstSlides({ title: '分数', cover: cover(pptx, null) })).toBeNull();
    expect(firstSlides({ title: '分数', cover: null })).toBeNull();
  });

  it('may lie behind a first file that has none', () => {
    expect(mayHaveSlides({ cover: cover('video/mp4', null), fileCount: 2 })).toBe(true);
    expect(mayHaveSlides({ cover: cover(pptx, null), fileCount: 1 })).toBe(true);
    expect(mayHaveSlides({ cover: cover('video/mp4', null), fileCount: 1 })).toBe(false);
    expect(mayHaveSlides({ cover: null, fileCount: 0 })).toBe(false);
  });

  it('are all those of a resource, also while pages are made, without the ones that never get any', () => {
    const files = [
      file('film', 'video/mp4', 'ready', null),
      file('plan', 'application/msword', 'ready', 3),
      file('slides', pptx, 'processing', null),
      file('locked', pptx, 'failed', null),
      file('unconverted', pptx, 'ready', null),
    ];
    expect(slidesOf(files).map(({ fileId, pages }) => [fileId, pages])).toEqual([
      ['plan', 3],
      ['slides', null],
    ]);
  });

  it('are not looked for among films and pictures', () => {
    expect(kindsWithDocuments).toContain('courseware');
    expect(kindsWithDocuments).not.toContain('class_recording');
  });
});
