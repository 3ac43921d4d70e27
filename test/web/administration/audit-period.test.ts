import { describe, expect, it } from 'vitest';
import { dayOf, momentsOf } from '../../../web/administration/audit-period.ts';

describe('the days that the audit trail is asked for', () => {
  it('are whole on the clock of whoever asks, the last one too', () => {
    const { from = '', to = '' } = momentsOf('2026-09-01', '2026-09-30');
    expect(new Date(from).getTime()).toBe(new Date(2026, 8, 1).getTime());
    expect(new Date(to).getTime()).toBe(new Date(2026, 9, 1).getTime());
    expect(dayOf(new Date(from))).toBe('2026-09-01');
  });

  it('bound nothing where they are not given, or not yet typed whole', () => {
    expect(momentsOf('', '')).toEqual({});
    expect(momentsOf('2026-09', '')).toEqual({});
    expect(Object.keys(momentsOf('', '2026-09-30'))).toEqual(['to']);
  });
});
