import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanSignInsJob, createSignInCleaning } from '../../server/accounts/jobs.ts';
import { hashPassword } from '../../server/accounts/password.ts';
import { deleteSignIns, lockAccount, setPassword, updateAccount } from '../../server/accounts/repository.ts';
import { createJobs } from '../../server/jobs/jobs.ts';
import { outcome } from './environment/browser.ts';
import { createWorld, password, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ signInAttempts: 3 });
});
afterAll(() => world.close());

const cookieOf = (response: Response) =>
  response.headers.getSetCookie().find((line) => !/max-age=0(?:;|$)/i.test(line)) ?? '';

describe('signing in', () => {
  it('answers with the account and sets a cookie that scripts cannot read', async () => {
    const browser = world.open();
    const response = await browser.post('/api/sign-in', { login: 'Teacher-Lead', password });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      account: { login: 'teacher-lead', role: 'teacher', school: { name: '中心小学' }, disabled: false },
    });
    const cookie = cookieOf(response);
    expect(cookie).toMatch(/^tongke_sign_in=/);
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect(cookie).toMatch(/Path=\//i);
    expect(cookie).toMatch(/Max-Age=2592000/i);
    expect(cookie).not.toMatch(/Secure|Domain/i);
    expect(await (await browser.get('/api/me')).json()).toMatchObject({
      actor: { kind: 'account', account: { login: 'teacher-lead' }, alliances: [{ name: '青禾教育共同体' }] },
    });
  });

  it('sets a Secure cookie of another name over https, which is no good over http', async () => {
    const browser = world.open({ secure: true });
    const cookie = cookieOf(await browser.post('/api/sign-in', { login: 'teacher-lead', password }));
    expect(cookie).toMatch(/^__Secure-tongke_sign_in=/);
    expect(cookie).toMatch(/; Secure/i);
    expect((await browser.get('/api/me')).status).toBe(200);
    const plain = world.open();
    for (const [name, value] of browser.cookies) plain.cookies.set(name, value);
    expect(await outcome(plain.get('/api/me'))).toBe('401 not_signed_in');
  });

  it('gives the same answer for a wrong password and for an unknown name', async () => {
    const fail = async (login: string) => {
      const response = await world.open().post('/api/sign-in', { login, password: 'not-this-password' });
      const { requestId, ...problem } = (await response.json()) as Record<string, unknown>;
      expect(requestId).toBe(response.headers.get('x-request-id'));
      return problem;
    };
    const wrong = await fail('principal-lead');
    expect(wrong).toEqual({
      type: 'urn:tongke:problem:sign_in_failed',
      title: 'Unauthorized',
      status: 401,
      code: 'sign_in_failed',
    });
    expect(await fail('nobody-at-all')).toEqual(wrong);
  });

  it('takes about as long for an unknown name as for a wrong password', async () => {
    const quickest = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
    // By turns, and the quickest of each: what else the machine does only makes one slower.
    for (let turn = 0; turn < 7; turn += 1) {
      for (const [kind, login] of [
        ['known', 'operator-lead'],
        ['unknown', `nobody-${turn}`],
      ] as const) {
        const browser = world.open({ address: `198.51.100.${turn}` });
        const started = performance.now();
        await browser.post('/api/sign-in', { login, password: 'not-this-one' });
        quickest[kind] = Math.min(quickest[kind], performance.now() - started);
        await world.db.deleteFrom('attempt').execute();
      }
    }
    expect(quickest.unknown / quickest.known).toBeGreaterThan(0.4);
    expect(quickest.unknown / quickest.known).toBeLessThan(2.5);
  });

  it('takes no session that somebody planted in the browser', async () => {
    const attacker = await world.signIn('operator', 'stranger');
    const victim = world.open();
    for (const [name, value] of attacker.cookies) victim.cookies.set(name, value);
    const planted = victim.cookies.get('tongke_sign_in');
    await victim.post('/api/sign-in', { login: 'teacher-lead', password });
    expect(victim.cookies.get('tongke_sign_in')).not.toBe(planted);
    expect(await (await victim.get('/api/me')).json()).toMatchObject({ actor: { account: { login: 'teacher-lead' } } });
    // The planted sign-in is over on the server too.
    expect(await outcome(attacker.get('/api/me'))).toBe('401 not_signed_in');
  });

  it('believes no cookie that the server has not signed', async () => {
    const browser = await world.signIn('teacher');
    const token = browser.cookies.get('tongke_sign_in') ?? '';
    browser.cookies.set('tongke_sign_in', `${token.slice(0, 4)}${token[4] === 'x' ? 'y' : 'x'}${token.slice(5)}`);
    expect(await outcome(browser.get('/api/me'))).toBe('401 not_signed_in');
    browser.cookies.set('tongke_sign_in', token.split('.')[0] ?? '');
    expect(await outcome(browser.get('/api/me'))).toBe('401 not_signed_in');
  });

  it.each(['the password is changed', 'the account is disabled'])(
    'comes to nothing when %s meanwhile',
    async (what) => {
      const id = world.accounts['operator-stranger'] ?? '';
      const change = await world.db.startTransaction().execute();
      await lockAccount(change, id);
      const browser = world.open();
      const signedIn = outcome(browser.post('/api/sign-in', { login: 'operator-stranger', password }));
      // It has found the password right, and is about to be written down.
      await new Promise((resolve) => setTimeout(resolve, 300));
      if (what.includes('disabled')) await updateAccount(change, id, { disabled: true });
      else await setPassword(change, id, await hashPassword('another-password-91'));
      await deleteSignIns(change, id);
      await change.commit().execute();

      expect(await signedIn).toBe('401 sign_in_failed');
      expect((await browser.get('/api/me')).status).toBe(401);
      await updateAccount(world.db, id, { disabled: false });
      await setPassword(world.db, id, await hashPassword(password));
      expect((await browser.get('/api/me')).status).toBe(401);
      const left = world.db.selectFrom('sign_in').select('id').where('account_id', '=', id);
      expect(await left.execute()).toEqual([]);
    },
  );

  it('locks a name after too many failures, for the right password too, and says for how long', async () => {
    const attempt = (word: string) => world.open().post('/api/sign-in', { login: 'teacher-stranger', password: word });
    for (let turn = 0; turn < 3; turn += 1) expect(await outcome(attempt('wrong-password'))).toBe('401 sign_in_failed');
    const locked = await attempt(password);
    const wait = Number(locked.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(14 * 60);
    expect(wait).toBeLessThanOrEqual(15 * 60);
    expect(await outcome(locked)).toBe('423 account_locked');
    // An unknown name locks alike, so that locking tells nothing.
    const unknown = () => outcome(world.open().post('/api/sign-in', { login: 'no-such-name', password: 'x' }));
    for (let turn = 0; turn < 3; turn += 1) expect(await unknown()).toBe('401 sign_in_failed');
    expect(await unknown()).toBe('423 account_locked');

    await world.db
      .updateTable('attempt')
      .set({ locked_until: sql<Date>`now() - interval '1 second'` })
      .where('locked_until', 'is not', null)
      .execute();
    expect(await outcome(attempt(password))).toBe('200');
  });

  it('counts failures at once, not one after the other', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () =>
        outcome(world.open().post('/api/sign-in', { login: 'operator-member', password: 'guess' })),
      ),
    );
    expect(outcomes.filter((one) => one === '401 sign_in_failed')).toHaveLength(3);
    expect(outcomes.filter((one) => one === '423 account_locked')).toHaveLength(9);
  });

  it('slows an address that tries many names, over IPv6 its whole network', async () => {
    const address = (turn: number) => `2001:db8:1:2::${turn.toString(16)}`;
    const outcomes: string[] = [];
    for (let turn = 0; turn < 31; turn += 1) {
      outcomes.push(
        await outcome(
          world.open({ address: address(turn) }).post('/api/sign-in', { login: `name-${turn}`, password: 'x' }),
        ),
      );
    }
    expect(outcomes.slice(0, 30).every((one) => one === '401 sign_in_failed')).toBe(true);
    expect(outcomes[30]).toBe('429 too_many_attempts');
    const neighbour = world.open({ address: '2001:db8:1:3::1' });
    expect(await outcome(neighbour.post('/api/sign-in', { login: 'principal-member', password }))).toBe('200');
  });

  it('keeps neither names nor addresses in the table of attempts', async () => {
    await world.open({ address: '192.0.2.77' }).post('/api/sign-in', { login: 'somebody-here', password: 'x' });
    const rows = await world.db.selectFrom('attempt').selectAll().execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toMatch(/somebody|192\.0\.2/);
    await world.db
      .updateTable('attempt')
      .set({ window_started_at: sql<Date>`now() - interval '1 day'`, locked_until: null })
      .execute();
    await world.attempts.clean();
    expect(await world.db.selectFrom('attempt').selectAll().execute()).toEqual([]);
  });

  it('leaves nothing of what is over, by a job', async () => {
    const [old, current] = [await world.signIn('teacher', 'member'), await world.signIn('principal')];
    await world.db
      .updateTable('sign_in')
      .set({ expires_at: sql<Date>`now() - interval '1 second'` })
      .where('account_id', '=', world.accounts['teacher-member'] ?? '')
      .execute();
    const log = pino({ level: 'silent' });
    const jobs = createJobs({ databaseUrl: world.database.url, log });
    jobs.handle(cleanSignInsJob, createSignInCleaning(world));
    await jobs.start();
    await jobs.send(world.db, cleanSignInsJob, {});
    const left = () => world.db.selectFrom('sign_in').select('id').where('expires_at', '<', sql<Date>`now()`).execute();
    await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: 10_000, interval: 50 });
    await jobs.stop(0);
    expect(await outcome(old.get('/api/me'))).toBe('401 not_signed_in');
    expect(await outcome(current.get('/api/me'))).toBe('200');
  });
});
