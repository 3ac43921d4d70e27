import { describe, expect, it } from 'vitest';
import { choose, offered } from '../../web/viewer/quality.ts';

const made = (name: '360p' | '720p' | 'audio', bitrate: number) => ({
  name,
  bitrate,
  bytes: 1,
  mediaType: 'video/mp4',
  width: null,
  height: null,
});
const renditions = [made('audio', 64_000), made('360p', 260_000), made('720p', 1_400_000)];
const original = { bitrate: 8_000_000, isPlayable: true };

describe('the quality that is played', () => {
  it('suits the line, and is a thin one when data are to be saved', () => {
    expect(choose('auto', renditions, original, { downlink: 50 })).toBe('original');
    expect(choose('auto', renditions, original, { downlink: 5 })).toBe('720p');
    expect(choose('auto', renditions, original, { downlink: 1 })).toBe('360p');
    expect(choose('auto', renditions, original, { downlink: 0.1 })).toBe('360p');
    expect(choose('auto', renditions, original, { downlink: 50, saveData: true })).toBe('360p');
    expect(choose('auto', renditions, original, {})).toBe('720p');
  });

  it('is what a person chose, as long as there is such', () => {
    expect(choose('audio', renditions, original, { downlink: 50 })).toBe('audio');
    expect(choose('360p', [], original, {})).toBe('original');
  });

  it('is never one that the browser cannot play', () => {
    const foreign = { ...original, isPlayable: false };
    expect(offered(renditions, foreign)).toEqual(['720p', '360p', 'audio']);
    expect(choose('original', renditions, foreign, { downlink: 50 })).toBe('720p');
    expect(choose('auto', [made('audio', 64_000)], foreign, {})).toBe('audio');
    expect(choose('auto', [], foreign, {})).toBeNull();
  });
});
