import { pinyin } from 'pinyin-pro';
import type { Role } from '../http/route.ts';
import { readTable, standsBelow, type TableRow, type TableShape } from '../tables/table.ts';
import type { ListFaultCode } from './list-schema.ts';
import { readPhone } from './phone.ts';
import { loginSchema } from './schema.ts';

type Column = 'name' | 'phone' | 'login' | 'role' | 'school';

const shape: TableShape<Column> = {
  headers: {
    name: ['name', '姓名', '教师姓名', '教师', '名字'],
    phone: ['phone', 'mobile', '手机', '手机号', '手机号码', '联系电话', '电话', '联系方式'],
    login: ['login', 'account', '账号', '账号名', '登录名', '用户名', '登录账号'],
    role: ['role', '角色'],
    school: ['school', '学校', '所在学校', '单位', '工作单位', '所在单位'],
  },
  needed: ['name'],
  mostLines: 2_000,
};
const LONGEST_NAME = 64;

/** In small letters. What a school calls its posts besides is no role of an account, and stands in other columns. */
const roleWords: Readonly<Record<string, Role>> = {
  ...{ '': 'teacher', teacher: 'teacher', 教师: 'teacher', 老师: 'teacher', 任课教师: 'teacher' },
  ...{ operator: 'operator', 电教员: 'operator', 电教管理员: 'operator', 信息管理员: 'operator' },
  ...{ principal: 'principal', 校长: 'principal', 园长: 'principal' },
};

/** As names of schools are compared: they are spread, and typed in full width. */
export const blankless = (name: string) => name.normalize('NFKC').replaceAll(/\s/g, '');

/** A line of a staff list, as far as it says something by itself. */
export interface StaffLine {
  line: number;
  name: string;
  /** Null where the list has none. */
  login: string | null;
  phone: string | null;
  role: Role;
  /** Empty where the list names none. */
  school: string;
  faults: ListFaultCode[];
}

/** 张　三, spread as wide as longer names, is 张三; other scripts need their blanks. */
function nameOf(text: string): string {
  const name = text.normalize('NFKC');
  return /^[\p{Script=Han}·\s]+$/u.test(name) ? name.replaceAll(/\s/g, '') : name;
}

function lineOf({ number, cells, fault }: TableRow<Column>): StaffLine {
  const name = nameOf(cells.name);
  const phone = cells.phone === '' ? null : readPhone(cells.phone.normalize('NFKC'));
  const login = cells.login === '' ? null : (loginSchema.safeParse(cells.login).data ?? null);
  const role = roleWords[cells.role.toLowerCase()];
  const faults: [boolean, ListFaultCode][] = [
    [name === '' || standsBelow(name), 'name_missing'],
    [name.length > LONGEST_NAME, 'name_too_long'],
    [cells.phone !== '' && phone === null, 'phone_wrong'],
    [cells.login !== '' && login === null, 'login_wrong'],
    [role === undefined, 'role_unknown'],
  ];
  return {
    line: number,
    name: name.slice(0, LONGEST_NAME),
    ...{ login, phone, role: role ?? 'teacher', school: blankless(cells.school) },
    // A formula that went wrong stands for what the cell was to hold: nothing else can be said of the line.
    faults: fault === undefined ? faults.filter(([is]) => is).map(([, code]) => code) : ['cell_error'],
  };
}

/**
 * Reads a list of people as schools keep them, with Chinese or English headers: a name, and what there is of phone number,
 * signing-in name, role and school.
 * @throws AppError table_unreadable, table_header_missing, table_empty or table_too_large.
 */
export async function readStaffList(bytes: Uint8Array): Promise<StaffLine[]> {
  return (await readTable(bytes, shape)).map(lineOf);
}

const LONGEST_LOGIN = 32;
/** Room for the number that tells people of one name apart. */
const LONGEST_BASE = LONGEST_LOGIN - 4;

/** What a signing-in name for this person begins with: 王小明 → wangxiaoming. */
export function loginBaseOf(name: string): string {
  const sounds = pinyin(name, { toneType: 'none', type: 'array', v: true, surname: 'head', nonZh: 'consecutive' });
  const letters = sounds
    .join('')
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_BASE);
  return letters.length < 3 ? `${letters}teacher` : letters;
}

/** Names that nobody has: 王小明 is wangxiaoming, the next of them wangxiaoming2. */
export function createLogins(taken: Iterable<string>) {
  const used = new Set(taken);
  return (name: string): string => {
    const base = loginBaseOf(name);
    let login = base;
    for (let number = 2; used.has(login); number += 1) login = `${base}${number}`;
    used.add(login);
    return login;
  };
}
