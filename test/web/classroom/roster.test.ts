import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Participant } from '../../../media/protocol.ts';
import { createRoster } from '../../../web/classroom/roster.ts';

const room = (connected = true): Participant => ({
  id: 'p1',
  name: '东河小学 三(1)班',
  role: 'receiver',
  roomId: 'r1',
  connected,
  sources: [],
  muted: false,
});

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
afterEach(() => void vi.useRealTimers());

describe('who is here', () => {
  it('knows since when the line of a room is gone, until it is back', () => {
    const { roster, handlers } = createRoster();
    handlers.participantJoined?.({ participant: room() });
    expect(roster.lostAt('p1')).toBeNull();
    handlers.participantUpdated?.({ participant: room(false) });
    vi.setSystemTime(9_000);
    handlers.participantUpdated?.({ participant: { ...room(false), muted: true } });
    expect(roster.lostAt('p1')).toBe(1_000);
    handlers.participantUpdated?.({ participant: room() });
    expect(roster.lostAt('p1')).toBeNull();
  });

  it('tells a room that has left from one that has not come yet, and forgets its picture', () => {
    const { roster, handlers } = createRoster();
    expect(roster.goneBy('r1')).toBeNull();
    handlers.participantJoined?.({ participant: room() });
    handlers.pictureArrived?.({ participantId: 'p1', jpeg: 'AA', at: 5 });
    expect(roster.pictures.get('p1')).toEqual({ src: 'data:image/jpeg;base64,AA', at: 1_000 });
    expect(roster.goneBy('r1')).toBeNull();
    handlers.participantLeft?.({ participantId: 'p1' });
    expect([roster.goneBy('r1'), roster.pictures.size]).toEqual(['left', 0]);
    handlers.participantJoined?.({ participant: room() });
    expect(roster.goneBy('r1')).toBeNull();
    // One whose line broke comes back by itself, one that was taken out does not.
    handlers.participantUpdated?.({ participant: room(false) });
    handlers.participantLeft?.({ participantId: 'p1' });
    expect(roster.goneBy('r1')).toBe('lost');
  });
});
