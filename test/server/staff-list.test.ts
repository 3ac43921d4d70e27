import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StaffListLine, StaffListPreview } from '../../server/accounts/list-schema.ts';
import { createLogins, loginBaseOf } from '../../server/accounts/staff-list.ts';
import { type Browser, outcome } from './environment/browser.ts';
import { createWorld, type World } from './environment/world.ts';

let world: World;
let admin: Browser;
let operator: Browser;
beforeAll(async () => {
  world = await createWorld();
  [admin, operator] = await Promise.all([world.signIn('admin'), world.signIn('operator')]);
});
afterAll(() => world.close());

const send = (browser: Browser, body: BodyInit, schoolId?: string) =>
  browser.post(`/api/staff-list-previews${schoolId ? `?schoolId=${schoolId}` : ''}`, undefined, {
    body,
    headers: { 'content-type': 'application/octet-stream' },
  });
async function preview(browser: Browser, body: BodyInit, schoolId?: string): Promise<StaffListLine[]> {
  const response = await send(browser, body, schoolId);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as StaffListPreview).lines;
}
const make = ({ name, login, phone, role, school }: StaffListLine, browser = admin) =>
  outcome(browser.post('/api/accounts', { name, login, phone, role, schoolId: school?.id ?? null }));
const brief = ({ line, name, login, outcome: becomes, fault }: StaffListLine) => [line, name, login, fault ?? becomes];

async function workbookOf(rows: ExcelJS.CellValue[][]): Promise<Buffer<ArrayBuffer>> {
  const workbook = new ExcelJS.Workbook();
  workbook.addWorksheet().addRows(rows);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

describe('a staff list', () => {
  it('is read as schools keep it, and brought a second time brings nothing', async () => {
    const list = await workbookOf([
      ['中心小学教职工花名册'],
      ['序号', '姓　名', '性别', '手机号码', '职务', '角色'],
      [1, '王　一', '女', 13800138021, '教导主任', ''],
      [2, '欧阳甲', '男', '１３８ ００１３ ８０２２', '语文教师', '教师'],
      [],
      [3, '王一', '男', '138-0013-8023', '数学教师', '教师'],
      [4, '吕乙', '女', null, '', '电教员'],
      [5, 'Anna Example', '女', null, '外教', ''],
      [6, '王一', '女', '13800138021', '教导主任', ''],
      [7, '丙', '男', '12345', '', ''],
      [8, '丁丁', '男', null, '', '门卫'],
      [9, null, '男', '13800138024', '', ''],
      [null, '合计', null, 9],
      ['制表人：办公室'],
    ]);
    const lines = await preview(operator, list);
    expect(lines.map(brief)).toEqual([
      [3, '王一', 'wangyi', 'new'],
      [4, '欧阳甲', 'ouyangjia', 'new'],
      [6, '王一', 'wangyi2', 'new'],
      [7, '吕乙', 'lvyi', 'new'],
      [8, 'Anna Example', 'annaexample', 'new'],
      [9, '王一', '', 'twice'],
      [10, '丙', '', 'phone_wrong'],
      [11, '丁丁', '', 'role_unknown'],
      [12, '', '', 'name_missing'],
      [13, '合计', '', 'name_missing'],
      [14, '', '', 'name_missing'],
    ]);
    expect(lines[0]).toMatchObject({ phone: '+8613800138021', role: 'teacher', school: { name: '中心小学' } });
    expect(lines[3]).toMatchObject({ phone: null, role: 'operator' });

    const before = await world.db.selectFrom('account').select(['id']).execute();
    for (const line of lines.filter(({ outcome: becomes }) => becomes === 'new')) {
      expect([line.name, await make(line, operator)]).toEqual([line.name, '201']);
    }
    const after = await world.db.selectFrom('account').select(['id']).execute();
    expect(after).toHaveLength(before.length + 5);
    const again = await preview(operator, list);
    expect(again.slice(0, 5).map(({ outcome: becomes }) => becomes)).toEqual(Array(5).fill('present'));
  });

  it('of an administrator names schools, and of one line without any the one that was chosen', async () => {
    const list = '姓名,学校,登录名\n戊一,中心 小学,wu.one\n戊二,,\n戊三,没有的学校,\n戊四,中心小学,９号\n';
    expect((await preview(admin, list)).map(({ fault }) => fault)).toEqual([
      null,
      'school_missing',
      'school_unknown',
      'login_wrong',
    ]);
    const lines = await preview(admin, list, world.schools.member);
    expect(lines[0]).toMatchObject({ login: 'wu.one', school: { id: world.schools.lead } });
    expect(lines[1]).toMatchObject({ outcome: 'new', school: { id: world.schools.member } });
  });

  it('names all that is wrong with a line at once', async () => {
    const other = { name: '壬一', login: 'ren.one', role: 'teacher', schoolId: world.schools.lead };
    expect(await outcome(admin.post('/api/accounts', { ...other, phone: '13800138041' }))).toBe('201');
    const list = await workbookOf([
      ['姓名', '手机', '账号', '角色', '学校'],
      ['壬二', '12', '9号', '班主任', '没有的学校'],
      ['壬三', '13800138041', 'ren.one', '', '中心小学'], // both of somebody else
      ['壬四', { error: '#REF!' }, '9号', '', '没有的学校'], // of which nothing else can be said
    ]);
    expect((await preview(admin, list)).map(({ fault, furtherFaults }) => [fault, ...furtherFaults])).toEqual([
      ['phone_wrong', 'login_wrong', 'role_unknown', 'school_unknown'],
      ['phone_taken', 'login_taken'],
      ['cell_error'],
    ]);
  });

  it('does not take others for the people in it', async () => {
    const taken = {
      name: '己一',
      login: 'ji.one',
      phone: '13800138031',
      role: 'teacher',
      schoolId: world.schools.lead,
    };
    expect(await outcome(admin.post('/api/accounts', taken))).toBe('201');
    const list = [
      '姓名,手机,账号',
      '己二,13800138031,', // a number of somebody else
      '己三,,ji.one', // a name of somebody else
      '己一,13800138032,', // the same name with another number is another person
      '己一,13800138031,', // the person
      '己一,,', // who cannot be told apart
    ].join('\n');
    const lines = await preview(operator, list);
    expect(lines.map(({ fault, outcome: becomes }) => fault ?? becomes)).toEqual([
      'phone_taken',
      'login_taken',
      'new',
      'present',
      'present',
    ]);
  });

  it('is for those who keep accounts, of theirs', async () => {
    const list = '姓名,角色,学校\n庚一,,\n庚二,校长,\n庚三,,没有的学校\n';
    expect((await preview(operator, list, world.schools.member)).map(({ fault }) => fault)).toEqual([
      null,
      'not_allowed',
      'school_unknown',
    ]);
    expect((await preview(operator, list, world.schools.member))[0]).toMatchObject({
      school: { id: world.schools.lead },
    });
    for (const role of ['teacher', 'office'] as const) {
      expect(await outcome(send(await world.signIn(role), list))).toBe('403 forbidden');
    }
    expect(await outcome(send(world.open(), list))).toBe('401 not_signed_in');
  });

  it('that is none is refused', async () => {
    expect(await outcome(send(admin, '编号,手机\n1,13800138000\n'))).toBe('422 table_header_missing');
    expect(await outcome(send(admin, '姓名,手机\n'))).toBe('422 table_empty');
    expect(await outcome(send(admin, '姓名\n"辛\n'))).toBe('422 table_unreadable');
    expect(await outcome(send(admin, `姓名\n${'壬一\n'.repeat(2_001)}`))).toBe('413 table_too_large');
  });
});

describe('a signing-in name', () => {
  it('is the sound of a name', () => {
    expect(['王小明', '单乙', '吕丙', '仇丁', '欧阳·甲乙'].map(loginBaseOf)).toEqual([
      ...['wangxiaoming', 'shanyi', 'lvbing', 'qiuding'],
      'ouyangjiayi',
    ]);
    expect(['Éxample’s, Zoë', '3班', '李', '𠮷野', '___'].map(loginBaseOf)).toEqual([
      ...['exampleszoe', 'ban', 'liteacher'],
      expect.stringMatching(/^[a-z][a-z0-9]{2,}$/),
      'teacher',
    ]);
    expect(loginBaseOf('长'.repeat(60)).length).toBeLessThanOrEqual(28);
  });

  it('is given to one person', () => {
    const next = createLogins(['wangyi', 'wangyi3']);
    expect([next('王一'), next('王义'), next('王一')]).toEqual(['wangyi2', 'wangyi4', 'wangyi5']);
  });
});
