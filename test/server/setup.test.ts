import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ peopled: false, signInAttempts: 2 });
});
afterAll(() => world.close());

const admin = { name: '平台管理员', login: 'admin', password: 'quarry-violin-38' };

describe('the first set-up', () => {
  it('needs the token of the latest start', async () => {
    const first = await world.services.setUp.issueToken();
    const second = await world.services.setUp.issueToken();
    expect(first).toMatch(/^[\w-]{32}$/);
    expect(second).not.toBe(first);
    expect(await (await world.open().get('/api/setup')).json()).toEqual({ needed: true });
    const setUp = (token: string | null) => outcome(world.open().post('/api/setup', { ...admin, token }));
    expect(await setUp(first)).toBe('401 set_up_token_wrong');
    expect(await setUp('')).toBe('400 invalid_input');
    expect(await outcome(world.open().post('/api/setup', { ...admin, token: second, password: 'administrator' }))).toBe(
      '400 password_too_weak',
    );
    const kept = JSON.stringify(await world.db.selectFrom('set_up').selectAll().execute());
    expect(kept).not.toContain(second);
  });

  it('makes one administrator, signed in, even when two try at once', async () => {
    const token = await world.services.setUp.issueToken();
    const browsers = [world.open(), world.open()];
    const answers = await Promise.all(
      browsers.map((browser, index) => browser.post('/api/setup', { ...admin, login: `admin-${index + 1}`, token })),
    );
    expect((await Promise.all(answers.map(outcome))).sort()).toEqual(['201', '409 already_set_up']);
    const winner = browsers[answers.findIndex((answer) => answer.status === 201)];
    expect(await (await winner?.get('/api/me'))?.json()).toMatchObject({
      actor: { account: { role: 'admin', school: null } },
    });
    expect(await world.db.selectFrom('account').select('id').execute()).toHaveLength(1);
  });

  it('is over then', async () => {
    expect(await world.services.setUp.issueToken()).toBeNull();
    expect(await (await world.open().get('/api/setup')).json()).toEqual({ needed: false });
    expect(await outcome(world.open().post('/api/setup', { ...admin, token: 'whatever' }))).toBe('409 already_set_up');
    expect(await world.db.selectFrom('set_up').selectAll().execute()).toEqual([]);
  });
});
