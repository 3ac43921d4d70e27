import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAccountService } from '../../server/accounts/service.ts';
import { outcome } from './environment/browser.ts';
import { createWorld, password, type World } from './environment/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const uniqueLogin = () => `account-${Math.random().toString(36).slice(2, 8)}`;
const unknownId = '019b0c5e-6a33-7d1f-9c50-0f3f3a4c7b21';

interface Made {
  account: { id: string; login: string; phone: string | null; disabled: boolean; role: string };
  initialPassword: string;
}

describe('keeping accounts', () => {
  it('makes an account whose random first password works', async () => {
    const admin = await world.signIn('admin');
    const login = uniqueLogin();
    const body = { name: '语文教师一', login, phone: '138 0013 8001', role: 'teacher', schoolId: world.schools.lead };
    const response = await admin.post('/api/accounts', body);
    expect(response.status).toBe(201);
    const { account, initialPassword } = (await response.json()) as Made;
    expect(account).toMatchObject({ name: '语文教师一', login, phone: '+8613800138001', school: { name: '中心小学' } });
    expect(initialPassword).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);

    const wide = login.replaceAll(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    for (const name of [
      login,
      login.toUpperCase(),
      wide,
      '13800138001',
      '+86 138-0013-8001',
      '１３８００１３８００１',
    ]) {
      const response = await world.open().post('/api/sign-in', { login: name, password: initialPassword });
      expect([name, response.status]).toEqual([name, 200]);
    }
  });

  it('keeps passwords as argon2id with the recommended parameters', async () => {
    const rows = await world.db.selectFrom('credential').select('password_hash').execute();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('lets a school keep its teachers and operators, and nobody else', async () => {
    const operator = await world.signIn('operator');
    const make = (role: string, schoolId: string | null) =>
      outcome(operator.post('/api/accounts', { name: '新同事', login: uniqueLogin(), role, schoolId }));
    expect(await make('teacher', world.schools.lead)).toBe('201');
    expect(await make('operator', world.schools.lead)).toBe('201');
    expect(await make('principal', world.schools.lead)).toBe('403 forbidden');
    expect(await make('teacher', world.schools.member)).toBe('403 forbidden');
    expect(await make('admin', null)).toBe('403 forbidden');
  });

  it('lists the own school only, page by page and by part of a name', async () => {
    const principal = await world.signIn('principal', 'member');
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: '2', ...(cursor !== null && { cursor }) });
      const page = (await (await principal.get(`/api/accounts?${query}`)).json()) as {
        items: { login: string }[];
        nextCursor: string | null;
      };
      seen.push(...page.items.map((item) => item.login));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(['operator-member', 'principal-member', 'teacher-member']);

    const found = await (await principal.get('/api/accounts?q=OPER')).json();
    expect(found).toMatchObject({ items: [{ login: 'operator-member' }], nextCursor: null });
    const wide = await (await principal.get(`/api/accounts?q=${encodeURIComponent('ＯＰＥＲ')}`)).json();
    expect(wide).toEqual(found);
    const others = await (await principal.get(`/api/accounts?schoolId=${world.schools.lead}`)).json();
    expect(others).toEqual({ items: [], nextCursor: null });
    const wild = await (await principal.get('/api/accounts?q=%25')).json();
    expect(wild).toEqual({ items: [], nextCursor: null });
  });

  it('finds a phone number by a part of it as people write it', async () => {
    const admin = await world.signIn('admin');
    const login = uniqueLogin();
    const body = { name: '有手机的教师', login, phone: '139 0013 9002', role: 'teacher', schoolId: world.schools.lead };
    expect((await admin.post('/api/accounts', body)).status).toBe(201);
    for (const q of ['139 0013 9002', '0013-9002', '+86 139', '１３９００１３９']) {
      const found = await (await admin.get(`/api/accounts?q=${encodeURIComponent(q)}`)).json();
      expect([q, found]).toMatchObject([q, { items: [{ login }] }]);
    }
  });

  it('takes no cursor that it has not given', async () => {
    const admin = await world.signIn('admin');
    for (const key of ['not json', '["a","b"]', '["a"]', '{}']) {
      const cursor = Buffer.from(key).toString('base64url');
      expect([key, await outcome(admin.get(`/api/accounts?cursor=${cursor}`))]).toEqual([key, '400 invalid_input']);
    }
  });

  it('shows an administrator every school', async () => {
    const admin = await world.signIn('admin');
    const page = (await (await admin.get('/api/accounts?q=teacher-&limit=200')).json()) as {
      items: { login: string }[];
    };
    const logins = page.items.map((item) => item.login);
    expect(logins).toEqual(expect.arrayContaining(['teacher-lead', 'teacher-member', 'teacher-stranger']));
  });

  it('changes names, phones and roles', async () => {
    const admin = await world.signIn('admin');
    const { account } = (await (
      await admin.post('/api/accounts', {
        name: '数学教师',
        login: uniqueLogin(),
        role: 'teacher',
        schoolId: world.schools.lead,
      })
    ).json()) as Made;
    const response = await admin.patch(`/api/accounts/${account.id}`, {
      name: '数学教师二',
      phone: '13800138002',
      role: 'operator',
    });
    expect(await response.json()).toMatchObject({
      account: { name: '数学教师二', phone: '+8613800138002', role: 'operator', school: { name: '中心小学' } },
    });
    const moved = await admin.patch(`/api/accounts/${account.id}`, {
      role: 'office',
      allianceId: world.alliances.ours,
    });
    expect(await moved.json()).toMatchObject({
      account: { role: 'office', school: null, alliance: { name: '青禾教育共同体' } },
    });
  });

  it('names all that is wrong at once', async () => {
    const admin = await world.signIn('admin');
    const wrong = { name: ' ', login: '1', phone: '12345', role: 'teacher', schoolId: world.schools.lead };
    for (const response of [
      await admin.post('/api/accounts', wrong),
      await admin.patch(`/api/accounts/${unknownId}`, wrong),
    ]) {
      const { errors } = (await response.json()) as { errors: { path: string }[] };
      expect([response.status, errors.map(({ path }) => path)]).toEqual([400, ['name', 'login', 'phone']]);
    }
  });

  it('refuses what is taken, unknown or incomplete', async () => {
    const admin = await world.signIn('admin');
    const base = { name: '某教师', role: 'teacher', schoolId: world.schools.lead };
    const make = (more: object) => outcome(admin.post('/api/accounts', { ...base, login: uniqueLogin(), ...more }));
    expect(await make({ login: 'teacher-lead' })).toBe('409 login_taken');
    expect(await make({ phone: '13800138009' })).toBe('201');
    expect(await make({ phone: '+8613800138009' })).toBe('409 phone_taken');
    expect(await make({ phone: '12345' })).toBe('400 invalid_input');
    expect(await make({ login: '13800138000' })).toBe('400 invalid_input');
    expect(await make({ login: 'x y' })).toBe('400 invalid_input');
    expect(await make({ name: ' ' })).toBe('400 invalid_input');
    expect(await make({ role: 'king' })).toBe('400 invalid_input');
    expect(await make({ schoolId: null })).toBe('400 invalid_input');
    expect(await make({ schoolId: unknownId })).toBe('400 invalid_input');
    expect(await make({ role: 'office', schoolId: null })).toBe('400 invalid_input');
    expect(await outcome(admin.get('/api/accounts?cursor=nonsense'))).toBe('400 invalid_input');
    expect(await outcome(admin.get('/api/accounts?limit=0'))).toBe('400 invalid_input');
  });

  it('says where the input is wrong', async () => {
    const admin = await world.signIn('admin');
    const response = await admin.post('/api/accounts', { name: '', login: uniqueLogin(), role: 'teacher' });
    expect(await response.json()).toMatchObject({ code: 'invalid_input', errors: [{ path: 'name' }] });
  });

  it('hides accounts of other schools and guards those above', async () => {
    const operator = await world.signIn('operator');
    const change = (login: string) =>
      outcome(operator.patch(`/api/accounts/${world.accounts[login]}`, { name: '改名' }));
    expect(await change('teacher-member')).toBe('404 not_found');
    expect(await change('teacher-stranger')).toBe('404 not_found');
    expect(await change('admin-lead')).toBe('404 not_found');
    expect(await change('principal-lead')).toBe('403 forbidden');
    expect(await outcome(operator.patch(`/api/accounts/${unknownId}`, { name: '改名' }))).toBe('404 not_found');
    const own = `/api/accounts/${world.accounts['second-teacher-lead']}`;
    expect(await outcome(operator.patch(own, { role: 'principal' }))).toBe('403 forbidden');
    expect(await outcome(operator.patch(own, { schoolId: world.schools.member }))).toBe('403 forbidden');
    expect(await outcome(operator.post(`/api/accounts/${world.accounts['teacher-member']}/password`))).toBe(
      '404 not_found',
    );
    expect(await outcome(operator.post(`/api/accounts/${world.accounts['principal-lead']}/password`))).toBe(
      '403 forbidden',
    );
  });

  it('keeps at least one administrator', async () => {
    const admin = await world.signIn('admin');
    const own = `/api/accounts/${world.accounts['admin-lead']}`;
    expect(await outcome(admin.patch(own, { disabled: true }))).toBe('409 last_admin');
    expect(await outcome(admin.patch(own, { role: 'teacher', schoolId: world.schools.lead }))).toBe('409 last_admin');
    expect(
      await outcome(admin.post('/api/accounts', { name: '平台管理员二', login: uniqueLogin(), role: 'admin' })),
    ).toBe('201');
  });

  it('lets administrators be disabled two at once, but never all', async () => {
    const own = await createWorld();
    onTestFinished(() => own.close());
    const admin = await own.signIn('admin');
    const add = async (login: string) => {
      const response = await admin.post('/api/accounts', { name: login, login, role: 'admin' });
      return ((await response.json()) as Made).account.id;
    };
    const first = own.accounts['admin-lead'] ?? '';
    const ids = [await add('admin-second'), await add('admin-third')];
    const disable = (id: string) => outcome(admin.patch(`/api/accounts/${id}`, { disabled: true }));
    const held = await own.db.startTransaction().execute();
    await held.selectFrom('account').select('id').where('id', '=', first).forUpdate().execute();
    // Both have begun, and wait for the first of them.
    const disabled = Promise.all(ids.map(disable));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await held.rollback().execute();
    expect(await disabled).toEqual(['200', '200']);
    expect(await disable(first)).toBe('409 last_admin');
  });

  it('tells the classroom whose access has ended, or is another one now', async () => {
    const told: string[] = [];
    const service = createAccountService({ db: world.db, onAccessEnded: (id) => void told.push(id) });
    const admin = { kind: 'account', id: world.accounts['admin-lead'] ?? '', role: 'admin', schoolId: null } as const;
    const actor = { ...admin, allianceIds: [] };
    const { account } = await service.create(actor, {
      name: '新同事',
      login: uniqueLogin(),
      role: 'teacher',
      schoolId: world.schools.lead,
    });
    const tellsOf = async (work: Promise<unknown>) => {
      await work;
      return told.splice(0).length;
    };
    const change = (patch: object) => tellsOf(service.change(actor, account.id, patch));
    expect(await change({ name: '改名', role: 'teacher', schoolId: world.schools.lead })).toBe(0);
    expect(await change({ schoolId: world.schools.member })).toBe(1);
    expect(await change({ role: 'office', allianceId: world.alliances.other })).toBe(1);
    expect(await change({ disabled: true })).toBe(1);
    expect(await change({ disabled: false })).toBe(0);
    expect(await tellsOf(service.resetPassword(actor, account.id))).toBe(1);
  });

  it('ends the sign-ins of an account that is disabled, at once and for good', async () => {
    const admin = await world.signIn('admin');
    const teacher = await world.signIn('teacher', 'stranger');
    const path = `/api/accounts/${world.accounts['teacher-stranger']}`;
    expect((await teacher.get('/api/me')).status).toBe(200);
    expect(await (await admin.patch(path, { disabled: true })).json()).toMatchObject({ account: { disabled: true } });
    expect(await outcome(teacher.get('/api/me'))).toBe('401 not_signed_in');
    expect(await outcome(world.open().post('/api/sign-in', { login: 'teacher-stranger', password }))).toBe(
      '401 sign_in_failed',
    );
    await admin.patch(path, { disabled: false });
    expect(await outcome(teacher.get('/api/me'))).toBe('401 not_signed_in');
    expect([...(await world.signIn('teacher', 'stranger')).cookies.keys()]).toContain('tongke_sign_in');
    expect(await outcome((await world.signIn('teacher', 'stranger')).get('/api/me'))).toBe('200');
  });

  it('resets a password and signs the account out everywhere', async () => {
    const principal = await world.signIn('principal', 'member');
    const teacher = await world.signIn('teacher', 'member');
    const response = await principal.post(`/api/accounts/${world.accounts['teacher-member']}/password`);
    const { initialPassword } = (await response.json()) as Made;
    expect(await outcome(teacher.get('/api/me'))).toBe('401 not_signed_in');
    const signIn = (word: string) =>
      outcome(world.open().post('/api/sign-in', { login: 'teacher-member', password: word }));
    expect(await signIn(password)).toBe('401 sign_in_failed');
    expect(await signIn(initialPassword)).toBe('200');
  });
});
