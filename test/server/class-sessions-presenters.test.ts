import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLessonWorld, type LessonWorld } from './class-sessions-world.ts';
import { type Browser, outcome } from './environment/browser.ts';

let world: LessonWorld;
beforeAll(async () => {
  world = await createLessonWorld();
});
afterAll(() => world.close());

/** Names of those whom somebody may have teach in our alliance. */
const presenters = async (browser: Browser) => {
  const response = await browser.get(`/api/alliances/${world.alliances.ours}/presenters`);
  return ((await response.json()) as { items: { name: string }[] }).items.map(({ name }) => name);
};

describe('the presenters of an alliance', () => {
  it.each([
    ['teacher-lead', ['teacher-lead']],
    ['second-teacher-lead', ['second-teacher-lead']],
    ['operator-lead', ['operator-lead', 'principal-lead', 'second-teacher-lead', 'teacher-lead']],
    ['principal-member', ['operator-member', 'principal-member', 'teacher-member']],
  ])('offer %s those whose lessons they may schedule', async (login, expected) => {
    expect(await presenters(await world.signInAs(login))).toEqual(expected);
  });

  it('are everyone who is not disabled, for the office and the administrator', async () => {
    const everyone = ['lead', 'member'].flatMap((school) =>
      ['operator', 'principal', 'teacher'].map((role) => `${role}-${school}`),
    );
    const leaver = world.accounts['second-teacher-lead'] ?? '';
    const disable = (disabled_at: Date | null) =>
      world.db.updateTable('account').set({ disabled_at }).where('id', '=', leaver).execute();
    await disable(new Date());
    for (const login of ['office-lead', 'admin-lead']) {
      expect((await presenters(await world.signInAs(login))).sort()).toEqual(everyone.sort());
    }
    await disable(null);
  });

  it('are told to nobody from outside of it', async () => {
    const path = `/api/alliances/${world.alliances.ours}/presenters`;
    const device = await world.enrolDevice('member', '一年级教室');
    for (const login of ['teacher-stranger', 'principal-stranger']) {
      expect(await outcome((await world.signInAs(login)).get(path))).toBe('404 not_found');
    }
    expect(await outcome(device.browser.get(path))).toBe('403 forbidden');
    expect(await outcome(world.open().get(path))).toBe('401 not_signed_in');
  });
});
