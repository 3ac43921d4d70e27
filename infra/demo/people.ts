import type { SchoolName } from './content/resources.ts';

export const allianceName = '青禾教育共同体';
export const schools: readonly SchoolName[] = ['中心小学', '东河小学', '西岭小学', '南湾小学'];

/** Accounts of the demonstration, named by what they do. */
export const people = [
  { login: 'office', name: '联盟办公室', role: 'office', school: null },
  { login: 'principal', name: '校长', role: 'principal', school: '中心小学' },
  { login: 'operator', name: '电教员', role: 'operator', school: '中心小学' },
  { login: 'teacher', name: '数学教师', role: 'teacher', school: '中心小学' },
  { login: 'chinese', name: '语文教师', role: 'teacher', school: '中心小学' },
  { login: 'donghe', name: '教师', role: 'teacher', school: '东河小学' },
  { login: 'donghe-operator', name: '电教员', role: 'operator', school: '东河小学' },
  { login: 'xiling', name: '教师', role: 'teacher', school: '西岭小学' },
  { login: 'nanwan', name: '教师', role: 'teacher', school: '南湾小学' },
] as const satisfies readonly { login: string; name: string; role: string; school: SchoolName | null }[];

/** Who puts a school's resources into the library. */
export const contributorOf: Record<SchoolName, (typeof people)[number]['login']> = {
  中心小学: 'teacher',
  东河小学: 'donghe',
  西岭小学: 'xiling',
  南湾小学: 'nanwan',
};

export const rooms: readonly { school: SchoolName; name: string }[] = [
  { school: '中心小学', name: '录播教室' },
  { school: '东河小学', name: '三(1)班' },
  { school: '东河小学', name: '五(1)班' },
  { school: '西岭小学', name: '三(2)班' },
  { school: '南湾小学', name: '三年级教室' },
];
