import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EffectScope, effectScope } from 'vue';
import { type Made, type StaffImport, useStaffImport } from '../../../web/administration/staff-import.ts';
import { passwordTable } from '../../../web/administration/staff-words.ts';
import { ApiError } from '../../../web/api/problem.ts';
import type { Account, StaffListLine } from '../../../web/api/types.ts';
import { fillIn } from '../../../web/locales/fill-in.ts';

const school = { id: '01a21b3a-1dab-7c84-a497-3afe32645e50', name: '中心小学' };
const file = new File(['姓名'], '名单.csv');

function lineOf(line: number, login: string, outcome: StaffListLine['outcome'] = 'new'): StaffListLine {
  const fault = outcome === 'fault' ? 'phone_wrong' : null;
  return { line, name: `教师${line}`, login, phone: null, role: 'teacher', school, outcome, fault, furtherFaults: [] };
}
function madeOf({ name, login, phone, role }: StaffListLine): Made {
  const place = { school, alliance: null, disabled: false, createdAt: '2026-09-01T00:00:00Z' };
  const account: Account = { id: login, name, login, phone, role, ...place };
  return { account, initialPassword: `${login}-password` };
}
const offline = () => new ApiError('offline', 0, null);
const taken = () => new ApiError('login_taken', 409, null);

/** A school office in a few lines: it makes what it is asked for, unless `trouble` says otherwise. */
let lines: StaffListLine[];
let trouble: Map<string, Error>;
let tried: string[];
let lost: Set<string>;
let scope: EffectScope;
let staff: StaffImport;

beforeEach(() => {
  lines = [lineOf(2, 'one'), lineOf(3, '', 'present'), lineOf(4, '', 'fault'), lineOf(5, 'two'), lineOf(6, 'three')];
  [trouble, tried, lost] = [new Map(), [], new Set()];
  scope = effectScope();
  staff = scope.run(() =>
    useStaffImport({
      async preview() {
        return { lines };
      },
      async create(line) {
        tried.push(line.login);
        const error = trouble.get(line.login);
        if (error) throw error;
        return madeOf(line);
      },
      async recover(line) {
        return lost.has(line.login) ? madeOf(line) : null;
      },
    }),
  ) as StaffImport;
});
afterEach(() => scope.stop());

const logins = () => staff.made.value.map(({ account }) => account.login);

describe('a list', () => {
  it('is shown with its faults first, then who is new, then who stays', async () => {
    await staff.look(file, '');
    expect(staff.stage.value).toBe('previewing');
    expect(staff.lines.value.map(({ line }) => line)).toEqual([4, 2, 5, 6, 3]);
    expect(staff.counts.value).toEqual({ new: 3, present: 1, fault: 1 });
    expect(staff.held.value).toBe(false);
  });

  it('that cannot be read leaves the choice, with the reason', async () => {
    const refused = scope.run(() =>
      useStaffImport({
        preview: () => Promise.reject(new ApiError('table_unreadable', 422, null)),
        create: async (line) => madeOf(line),
        recover: async () => null,
      }),
    ) as StaffImport;
    await refused.look(file, '');
    expect(refused.stage.value).toBe('choosing');
    expect(refused.error.value).toMatchObject({ code: 'table_unreadable' });
  });

  it('that is looked at for another school shows what came last, in whatever order the answers come', async () => {
    const answers = new Map<string, (lines: StaffListLine[]) => void>();
    const slow = scope.run(() =>
      useStaffImport({
        preview: (_, schoolId) =>
          new Promise((resolve) => {
            answers.set(schoolId, (found) => resolve({ lines: found }));
          }),
        create: async (line) => madeOf(line),
        recover: async () => null,
      }),
    ) as StaffImport;
    const both = [slow.look(file, 'first'), slow.look(file, 'second')];
    answers.get('second')?.([lineOf(2, 'second')]);
    answers.get('first')?.([lineOf(2, 'first')]);
    await Promise.all(both);
    expect(slow.lines.value.map(({ login }) => login)).toEqual(['second']);
  });
});

describe('the accounts', () => {
  beforeEach(() => staff.look(file, ''));

  it('are made one after the other, and hold the page until the passwords are taken along', async () => {
    await staff.make();
    expect(staff.stage.value).toBe('done');
    expect(tried).toEqual(['one', 'two', 'three']);
    expect(logins()).toEqual(tried);
    expect(staff.held.value).toBe(true);
    staff.kept.value = true;
    expect(staff.held.value).toBe(false);
  });

  it('go on past a line that is refused, which is listed', async () => {
    trouble.set('two', taken());
    await staff.make();
    expect(logins()).toEqual(['one', 'three']);
    expect(staff.unmade.value).toMatchObject([{ line: { line: 5 }, error: { code: 'login_taken' } }]);
    expect(staff.stage.value).toBe('done');
  });

  it.each([offline(), new ApiError('unavailable', 503, null), new ApiError('not_signed_in', 401, null)])(
    'pause when %s would befall every line, and go on where they stopped',
    async (error) => {
      trouble.set('two', error);
      await staff.make();
      expect(staff.stage.value).toBe('making');
      expect(staff.error.value).toBe(error);
      expect([staff.held.value, logins()]).toEqual([true, ['one']]);
      trouble.clear();
      await staff.make();
      expect(tried).toEqual(['one', 'two', 'two', 'three']);
      expect(logins()).toEqual(['one', 'two', 'three']);
      expect(staff.unmade.value).toEqual([]);
    },
  );

  it('are found again where only the answer got lost', async () => {
    trouble.set('two', offline());
    await staff.make();
    trouble.set('two', taken());
    lost.add('two');
    await staff.make();
    expect(logins()).toEqual(['one', 'two', 'three']);
  });

  it('of others are never given another password', async () => {
    trouble.set('two', taken());
    lost.add('two');
    await staff.make();
    expect(logins()).toEqual(['one', 'three']);
  });

  it('end at a stop with what was made, and can be gone on with', async () => {
    const making = staff.make();
    staff.stop();
    await making;
    expect(staff.stage.value).toBe('done');
    expect(logins()).toEqual(['one']);
    expect(staff.rest.value).toHaveLength(2);
    staff.kept.value = true;
    await staff.make();
    expect(logins()).toEqual(['one', 'two', 'three']);
    expect(staff.held.value, 'the new passwords were not taken along').toBe(true);
  });

  it('end at a stop during a pause', async () => {
    trouble.set('one', offline());
    await staff.make();
    staff.stop();
    expect(staff.stage.value).toBe('done');
    expect(staff.held.value).toBe(false);
  });

  it('are no longer made once the page is gone', async () => {
    const making = staff.make();
    scope.stop();
    await making;
    expect(tried).toEqual(['one']);
  });
});

it('the table of passwords writes phone numbers as at home', () => {
  const made = madeOf({ ...lineOf(2, 'one'), name: '=王', phone: '+8613800138000' });
  const t = (key: string) => fillIn(key.split('.').at(-1) ?? '', {});
  expect(passwordTable(t, [made])).toBe(
    '\uFEFF"name","school","login","phone","initialPassword"\r\n' +
      '"\'=王","中心小学","one","138 0013 8000","one-password"\r\n',
  );
});
