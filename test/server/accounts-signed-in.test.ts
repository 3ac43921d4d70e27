import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { outcome } from './environment/browser.ts';
import { createWorld, password, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ signInAttempts: 3 });
});
afterAll(() => world.close());

describe('being signed in', () => {
  it('ends on the server when one signs out', async () => {
    const browser = await world.signIn('teacher');
    const copy = world.open();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    expect((await browser.post('/api/sign-out')).status).toBe(204);
    // What is left is that this browser is known, which lets nobody in.
    expect([...browser.cookies.keys()]).toEqual(['tongke_known_browser']);
    expect(await outcome(browser.get('/api/me'))).toBe('401 not_signed_in');
    expect(await outcome(copy.get('/api/me'))).toBe('401 not_signed_in');
    expect((await world.open().post('/api/sign-out')).status).toBe(204);
  });

  it('slides: a day of use renews it, and 30 days without end it', async () => {
    const browser = await world.signIn('teacher');
    expect((await browser.get('/api/me')).headers.getSetCookie()).toEqual([]);
    const age = (interval: string) =>
      world.db
        .updateTable('sign_in')
        .set({ expires_at: sql<Date>`now() + ${interval}::interval` })
        .where('account_id', '=', world.accounts['teacher-lead'] ?? '')
        .execute();
    await age('10 days');
    const [renewed] = (await browser.get('/api/me')).headers.getSetCookie();
    expect(renewed).toMatch(/^tongke_sign_in=.*Max-Age=2592000/);
    const { expires_at } = await world.db
      .selectFrom('sign_in')
      .select('expires_at')
      .where('account_id', '=', world.accounts['teacher-lead'] ?? '')
      .orderBy('expires_at', 'desc')
      .executeTakeFirstOrThrow();
    expect(expires_at.getTime() - Date.now()).toBeGreaterThan(29 * 24 * 60 * 60 * 1000);
    await age('-1 second');
    expect(await outcome(browser.get('/api/me'))).toBe('401 not_signed_in');
  });

  it('changes the own password, ends other sign-ins and keeps this one', async () => {
    const [here, elsewhere] = [
      await world.signIn('principal', 'stranger'),
      await world.signIn('principal', 'stranger'),
    ];
    const before = here.cookies.get('tongke_sign_in');
    const change = (current: string, next: string) => outcome(here.post('/api/me/password', { current, next }));
    expect(await change('not-my-password', 'orchard-gate-519')).toBe('400 password_wrong');
    expect(await change(password, 'password123')).toBe('400 password_too_weak');
    expect(await change(password, 'principal-stranger1')).toBe('400 password_too_weak');
    expect(await change(password, '1234567890')).toBe('400 password_too_weak');
    expect(await change(password, 'short')).toBe('400 invalid_input');
    expect(await change(password, 'orchard-gate-519')).toBe('204');
    expect(here.cookies.get('tongke_sign_in')).not.toBe(before);
    expect((await here.get('/api/me')).status).toBe(200);
    expect(await outcome(elsewhere.get('/api/me'))).toBe('401 not_signed_in');
    expect(
      await outcome(world.open().post('/api/sign-in', { login: 'principal-stranger', password: 'orchard-gate-519' })),
    ).toBe('200');
  });

  it('changes it also for whoever signs in with the former one meanwhile', async () => {
    const id = world.accounts['principal-member'] ?? '';
    const here = await world.signIn('principal', 'member');
    const held = await world.db.startTransaction().execute();
    await held.selectFrom('credential').select('id').where('account_id', '=', id).forUpdate().execute();
    const changed = outcome(here.post('/api/me/password', { current: password, next: 'orchard-gate-519' }));
    // The other sign-ins have been ended, and the new password is not there yet.
    await vi.waitFor(async () => {
      const waiting = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(world.db);
      expect(waiting.rows).toHaveLength(1);
    }, 8000);
    const meanwhile = await world.signIn('principal', 'member');
    await held.commit().execute();
    expect(await changed).toBe('204');
    expect(await outcome(meanwhile.get('/api/me'))).toBe('401 not_signed_in');
    expect(await outcome(here.get('/api/me'))).toBe('200');
  });

  it('stops guessing of the current password', async () => {
    const browser = await world.signIn('office');
    const guess = () => outcome(browser.post('/api/me/password', { current: 'guess', next: 'orchard-gate-519' }));
    for (let turn = 0; turn < 3; turn += 1) expect(await guess()).toBe('400 password_wrong');
    expect(await guess()).toBe('423 account_locked');
  });

  it('asks the database once a request', async () => {
    const browser = await world.signIn('teacher');
    let statements = 0;
    const count = () => {
      statements += 1;
    };
    // Each statement outside a transaction takes a connection of its own.
    world.database.pool.on('acquire', count);
    expect(await outcome(browser.get('/api/no-such-thing'))).toBe('404 not_found');
    world.database.pool.off('acquire', count);
    expect(statements).toBe(1);
  });
});
