import { describe, expect, it } from 'vitest';
import type { File } from '../../../web/api/types.ts';
import type { Translate } from '../../../web/locales/text.ts';
import { stateWords } from '../../../web/viewer/file-state.ts';

const key = ((name: string) => name) as Translate;
const file: File = {
  id: crypto.randomUUID(),
  name: '课件.pptx',
  bytes: 1,
  sha256: null,
  mediaType: 'application/pdf',
  state: 'ready',
  errorCode: null,
  scan: null,
  scanSignature: null,
  progress: null,
  pages: null,
  totalPages: null,
  durationMs: null,
  width: null,
  height: null,
  hasPoster: false,
  createdAt: '2026-11-26T00:00:00.000Z',
};
const said = (of: Partial<File>) => stateWords(key, { ...file, ...of });

describe('the words of a file without a preview', () => {
  it('do not offer a download of what is withheld', () => {
    const failed = { state: 'failed', errorCode: 'preview_failed' } as const;
    expect(said({ ...failed, scan: 'clean' })).toBe('errors.preview_failed');
    expect(said({ ...failed, scan: 'waiting' })).toBe('errors.file_not_scanned');
    expect(said({ ...failed, scan: 'waiting', errorCode: 'file_unscannable' })).toBe('errors.file_unscannable');
    expect(said({ ...failed, scan: 'infected' })).toBe('errors.file_infected');
  });

  it('tell how far it is while it waits', () => {
    const progress = { step: 'waiting_for_scan', done: null, total: null } as const;
    expect(said({ state: 'processing', scan: 'waiting', progress })).toBe('resource.processing.waiting_for_scan');
    expect(said({ state: 'uploaded', scan: 'waiting' })).toBe('resource.processing.queued');
  });
});
