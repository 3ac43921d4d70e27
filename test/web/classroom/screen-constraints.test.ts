import { expect, it } from 'vitest';
import { screenConstraints } from '../../../web/classroom/sending-profiles.ts';

it('shares no sound of the studio itself, in which the rooms are heard', () => {
  const filtering = { restrictOwnAudio: true } as MediaTrackSupportedConstraints;
  expect(screenConstraints(filtering)).toMatchObject({ audio: { restrictOwnAudio: true } });
  expect(screenConstraints(filtering)).not.toHaveProperty('systemAudio');
  expect(screenConstraints({})).toMatchObject({ audio: true, systemAudio: 'exclude' });
});

it('does not offer the studio itself to be shared', () => {
  expect(screenConstraints({})).toMatchObject({ selfBrowserSurface: 'exclude' });
});
