import { afterEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useClassroom } from '../../../web/classroom/use-classroom.ts';

afterEach(() => vi.unstubAllGlobals());

/** Who the page says it is when it joins; the server turns it away. */
async function joinsAs(options: Parameters<typeof useClassroom>[1]): Promise<string | null> {
  const asked: Request[] = [];
  vi.stubGlobal('fetch', async (address: string, init: RequestInit) => {
    asked.push(new Request(new URL(address, 'https://school.example'), init));
    return Response.json({ code: 'not_found', title: 'Not Found', status: 404 }, { status: 404 });
  });
  const scope = effectScope();
  scope.run(() => useClassroom('lesson', options));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  scope.stop();
  expect(asked[0]?.url).toBe('https://school.example/api/class-sessions/lesson/join');
  return asked[0]?.headers.get('tongke-as') ?? null;
}

it('joins as the device from a room’s page, whoever has signed in on its machine', async () => {
  expect(await joinsAs({ asDevice: true })).toBe('device');
});

it('joins as the person from every other page', async () => {
  expect(await joinsAs({})).toBeNull();
});
