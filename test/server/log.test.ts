import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLog } from '../../server/log.ts';
import { createWorld, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('names the fault of a statement, and nobody of the row', async () => {
  const lines: string[] = [];
  const log = createLog('error', { write: (line) => void lines.push(line) });
  const row = { name: '某教师', login: 'teacher-lead', email: 'x@accounts.invalid', role: 'teacher' } as const;
  const failing = world.db.insertInto('account').values(row).execute();
  await failing.catch((cause: unknown) => {
    log.error({ err: cause }, 'it failed');
    log.child({ job: 1 }).error({ err: new Error('no account', { cause }) }, 'it failed');
  });
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    expect(line).toContain('violates');
    expect(line).not.toMatch(/teacher-lead|某教师/);
  }
});
