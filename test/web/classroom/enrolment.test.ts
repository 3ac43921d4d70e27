import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useRoomDay } from '../../../web/classroom/room-day.ts';

beforeEach(() => {
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  vi.stubGlobal('dispatchEvent', () => true);
});
afterEach(() => vi.unstubAllGlobals());

/** A machine that belongs to no room, with a code that the server turns away by `status`. */
async function phaseAfter(status: number): Promise<{ phase: string; online: boolean }> {
  const tried: string[] = [];
  vi.stubGlobal('fetch', async (address: string) => {
    const enrolling = address.endsWith('/device/enrolment');
    if (enrolling) tried.push(address);
    const given = enrolling ? status : 401;
    return Response.json({ code: 'refused', title: 'Refused', status: given }, { status: given });
  });
  const scope = effectScope();
  const day = scope.run(() => useRoomDay('K7QX3MPA', () => undefined));
  await vi.waitFor(() => expect(day?.phase.value).not.toBe('enrolling'));
  scope.stop();
  expect(tried).toHaveLength(1);
  return { phase: day?.phase.value ?? '', online: day?.online.value ?? false };
}

it('says that a code is wrong', async () => {
  expect(await phaseAfter(401)).toEqual({ phase: 'refused', online: true });
});

it('says that too many codes were tried, and does not try on', async () => {
  expect(await phaseAfter(429)).toEqual({ phase: 'limited', online: true });
});
