import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, outcome } from './environment/browser.ts';
import { createWorld, password, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ signInAttempts: 3 });
});
afterAll(() => world.close());
beforeEach(async () => void (await world.db.deleteFrom('attempt').execute()));

const name = 'tongke_known_browser';
const signIn = (browser: Browser, word: string, login = 'teacher-lead') =>
  outcome(browser.post('/api/sign-in', { login, password: word }));
const anew = () => world.open({ address: `198.51.100.${Math.floor(Math.random() * 250)}` });

/** A browser in which somebody has signed in, and out. */
async function known(login = 'teacher-lead'): Promise<Browser> {
  const browser = await world.signInAs(login);
  await browser.post('/api/sign-out');
  return browser;
}

/** A browser with no cookie but that. */
function withCookie(value: string): Browser {
  const browser = world.open();
  browser.cookies.set(name, value);
  return browser;
}

async function lockOut(login = 'teacher-lead'): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1)
    expect(await signIn(anew(), 'wrong-password', login)).toBe('401 sign_in_failed');
  expect(await signIn(anew(), password, login)).toBe('423 account_locked');
}

describe('a browser in which somebody has signed in before', () => {
  it('is not locked out by the failures of strangers', async () => {
    const own = await known();
    await lockOut();
    expect(await signIn(own, password)).toBe('200');
    // Strangers stay locked out: that the owner came in gives them no more guesses.
    expect(await signIn(anew(), password)).toBe('423 account_locked');
  });

  it('has a limit of its own, which does not concern others', async () => {
    const [own, other] = [await known(), await known()];
    const copy = withCookie(own.cookies.get(name) ?? '');
    expect(await signIn(own, 'wrong-password')).toBe('401 sign_in_failed');
    // Copied, it gives no more guesses.
    for (let turn = 0; turn < 2; turn += 1) expect(await signIn(copy, 'wrong-password')).toBe('401 sign_in_failed');
    for (const browser of [own, copy]) expect(await signIn(browser, password)).toBe('423 account_locked');
    expect(await signIn(other, password)).toBe('200');
    expect(await signIn(anew(), password)).toBe('200');
  });

  it('forgets its failures once somebody signs in', async () => {
    const own = await known();
    for (let turn = 0; turn < 3; turn += 1) {
      for (let guess = 0; guess < 2; guess += 1) expect(await signIn(own, 'wrong-password')).toBe('401 sign_in_failed');
      expect(await signIn(own, password)).toBe('200');
    }
  });

  it('is slowed with its network all the same', async () => {
    const own = await known();
    for (let turn = 0; turn < 30; turn += 1) await signIn(world.open(), 'x', `name-${turn}`);
    expect(await signIn(own, password)).toBe('429 too_many_attempts');
  });

  it('is a stranger to every other account', async () => {
    const own = await known();
    await lockOut('teacher-member');
    expect(await signIn(own, password, 'teacher-member')).toBe('423 account_locked');
  });

  it('is known to everybody who uses it, the latest twelve', async () => {
    const shared = world.open();
    const [first = '', second = '', ...others] = Object.keys(world.accounts);
    expect(others).toHaveLength(10);
    // Who comes twice takes the room of one.
    for (const login of [first, second, second, ...others]) expect(await signIn(shared, password, login)).toBe('200');
    const admin = await world.signIn('admin');
    const thirteenth = { name: '新同事', login: 'thirteenth', role: 'teacher', schoolId: world.schools.lead };
    const made = await (await admin.post('/api/accounts', thirteenth)).json();
    const { initialPassword } = made as { initialPassword: string };
    expect(await signIn(shared, initialPassword, 'thirteenth')).toBe('200');
    expect(shared.cookies.get(name)?.split('.')).toHaveLength(12);
    for (const login of [first, second]) {
      await world.db.deleteFrom('attempt').execute();
      await lockOut(login);
      expect(await signIn(shared, password, login)).toBe(login === first ? '423 account_locked' : '200');
    }
  });

  it('is believed by its signature only, whatever the cookie says', async () => {
    const cookie = (await known()).cookies.get(name) ?? '';
    await lockOut();
    const signedIn = (await world.signIn('teacher', 'member')).cookies.get('tongke_sign_in') ?? '';
    const another = cookie[0] === 'A' ? 'B' : 'A';
    for (const forged of [
      another + cookie.slice(1),
      cookie.slice(0, 20),
      'x',
      '.'.repeat(50),
      signedIn,
      '%00%ff',
      '',
    ]) {
      expect(await signIn(withCookie(forged), password)).toBe('423 account_locked');
    }
    expect(await signIn(withCookie(`${'x'.repeat(40)}..${cookie}`), password)).toBe('200');
  });

  it('is one only as long as the password is the one that was typed in it', async () => {
    const login = 'operator-member';
    const [own, elsewhere] = [await world.signInAs(login), await known(login)];
    const former = own.cookies.get(name) ?? '';
    const next = 'orchard-gate-519';
    expect(await outcome(own.post('/api/me/password', { current: password, next }))).toBe('204');
    await lockOut(login);
    for (const browser of [elsewhere, withCookie(former)])
      expect(await signIn(browser, next, login)).toBe('423 account_locked');
    expect(await signIn(own, next, login)).toBe('200');
  });

  it('keeps that in a cookie which no script reads and no other site sends', async () => {
    for (const secure of [false, true]) {
      const browser = world.open({ secure });
      const answer = await browser.post('/api/sign-in', { login: 'teacher-lead', password });
      const cookie = answer.headers.getSetCookie().find((line) => line.includes(name)) ?? '';
      expect(cookie.startsWith(secure ? `__Secure-${name}=` : `${name}=`)).toBe(true);
      for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/api', 'Max-Age=34560000']) {
        expect(cookie.split('; ')).toContain(attribute);
      }
      expect(cookie.split('; ').includes('Secure')).toBe(secure);
      expect(cookie).not.toContain('teacher');
      expect(cookie).not.toContain(world.accounts['teacher-lead']);
      await lockOut();
      expect(await signIn(browser, password)).toBe('200');
      await world.db.deleteFrom('attempt').execute();
    }
  });

  it('is not made known by a sign-in that fails', async () => {
    const browser = anew();
    await signIn(browser, 'wrong-password');
    expect(browser.cookies.size).toBe(0);
  });
});
