import type { CatalogLevel } from './schema.ts';

/**
 * Names that every textbook list uses, and their codes. A name stands for its code however it is written
 * (see `plain`). What is not listed gets a slug from its pinyin.
 * The order of the codes is the order in which they are shown.
 */
const namesOf: Partial<Record<CatalogLevel, Record<string, readonly string[]>>> = {
  stage: {
    preschool: ['学前', '学前教育', '幼儿园'],
    primary: ['小学'],
    junior: ['初中'],
    senior: ['高中', '普通高中'],
    primary_54: ['小学五四学制', '小学54学制', '小学五四制'],
    junior_54: ['初中五四学制', '初中54学制', '初中五四制'],
    special: ['特殊教育', '特教'],
  },
  subject: {
    chinese: ['语文'],
    math: ['数学'],
    english: ['英语'],
    morality_law: ['道德与法治', '道法'],
    politics: ['思想政治', '政治'],
    history: ['历史'],
    geography: ['地理'],
    physics: ['物理'],
    chemistry: ['化学'],
    biology: ['生物学', '生物'],
    science: ['科学'],
    information: ['信息科技', '信息技术'],
    technology: ['通用技术'],
    music: ['音乐'],
    fine_arts: ['美术'],
    arts: ['艺术'],
    sport: ['体育与健康', '体育'],
    labour: ['劳动', '劳动教育'],
    practice: ['综合实践活动', '综合实践'],
    wellbeing: ['心理健康', '心理健康教育'],
    japanese: ['日语'],
    russian: ['俄语'],
  },
  grade: {
    k1: ['小班'],
    k2: ['中班'],
    k3: ['大班'],
    g1: ['一年级', '1年级'],
    g2: ['二年级', '2年级'],
    g3: ['三年级', '3年级'],
    g4: ['四年级', '4年级'],
    g5: ['五年级', '5年级'],
    g6: ['六年级', '6年级'],
    g7: ['七年级', '7年级', '初一'],
    g8: ['八年级', '8年级', '初二'],
    g9: ['九年级', '9年级', '初三'],
    g10: ['高一', '十年级', '10年级'],
    g11: ['高二', '十一年级', '11年级'],
    g12: ['高三', '十二年级', '12年级'],
  },
  volume: {
    vol1: ['上册'],
    vol2: ['下册'],
    full: ['全一册', '全册'],
    req1: ['必修第一册', '必修1', '必修一', '必修上册'],
    req2: ['必修第二册', '必修2', '必修二', '必修下册'],
    req3: ['必修第三册', '必修3', '必修三'],
    req4: ['必修第四册', '必修4', '必修四'],
    sel1: ['选择性必修第一册', '选择性必修1', '选择性必修一', '选择性必修上册'],
    sel2: ['选择性必修第二册', '选择性必修2', '选择性必修二', '选择性必修中册'],
    sel3: ['选择性必修第三册', '选择性必修3', '选择性必修三', '选择性必修下册'],
    sel4: ['选择性必修第四册', '选择性必修4', '选择性必修四'],
  },
};

const numerals = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
/** The grades that a stage begins and ends with: the first year of a junior school is grade 7, or 6 of five-four schools. */
const gradesOf: Readonly<Record<string, readonly [number, number]>> = {
  junior: [7, 9],
  junior_54: [6, 9],
  senior: [10, 12],
};
/** What schools write besides the names: 3, 三, 三年, G3 and 高中一年级; 上, 上学期 and 第一学期. */
const writtenGrade = /^(?:g|grade|第)?(\d{1,2}|[一二三四五六七八九十]{1,2})(?:年级|年)?$/;
const writtenYear = /^([初高])中?([1-3一二三])(?:年级)?$/;
const writtenVolumes: readonly [string, RegExp][] = [
  ['vol1', /^上(?:学期|半册|期)?$|^第?[一1]学期$/],
  ['vol2', /^下(?:学期|半册|期)?$|^第?[二2]学期$/],
  ['full', /^全(?:1册)?$/],
];

/** Full-width and half-width alike, without blanks, brackets and dots: 小学（五•四学制） is 小学五四学制. */
function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s()·•・.。\-—]/g, '');
}

export interface Code {
  slug: string;
  /** Where it stands among all codes of its level, from 0. */
  rank: number;
}

const numberOf = (written = '') => numerals.indexOf(written) + 1 || Number(written);

/** Counted within its stage: 1 and 一年级 of a junior school are grade 7. */
function slugOfGrade(wanted: string, stage: string | undefined): string | undefined {
  const [, school, year] = writtenYear.exec(wanted) ?? [];
  if (school !== undefined) return `g${(school === '初' ? 6 : 9) + numberOf(year)}`;
  const number = numberOf(writtenGrade.exec(wanted)?.[1]);
  if (!(number >= 1 && number <= numerals.length)) return undefined;
  const [first, last] = gradesOf[stage ?? ''] ?? [1, numerals.length];
  const counted = first - 1 + number;
  return `g${number < first && counted <= last ? counted : number}`;
}

function slugOf(level: CatalogLevel, wanted: string, stage: string | undefined): string | undefined {
  const written =
    level === 'grade'
      ? slugOfGrade(wanted, stage)
      : writtenVolumes.find(([, form]) => level === 'volume' && form.test(wanted))?.[0];
  return written ?? Object.entries(namesOf[level] ?? {}).find(([, names]) => names.includes(wanted))?.[0];
}

/**
 * The code of a name that every list uses, or undefined.
 * @param stage the code of the stage above, by which years are counted that a school counts from 1.
 */
export function codeOf(level: CatalogLevel, name: string, stage?: string): Code | undefined {
  const slug = slugOf(level, plain(name), stage);
  return slug === undefined ? undefined : { slug, rank: Object.keys(namesOf[level] ?? {}).indexOf(slug) };
}

/** A grade or a volume as textbooks write it: 3 is 三年级, 上 is 上册. What has a name already keeps it, as 初一 and 必修1. */
export function textbookName(level: 'grade' | 'volume', name: string, stage?: string): string {
  const code = codeOf(level, name, stage);
  const [own = name, ...others] = code ? namesOfCode(level, code.slug) : [];
  const wanted = plain(name);
  // 3年级 is written for 三年级 and no name of its own, as 必修1 is.
  return others.includes(wanted) && !(level === 'grade' && /\d/.test(wanted)) ? wanted : own;
}

/** All names of a code; empty for a slug that was made of a name. */
export function namesOfCode(level: CatalogLevel, slug: string): readonly string[] {
  return namesOf[level]?.[slug] ?? [];
}

/** What stands for a code beside another word only, as the 三 and the 上 of 三上. */
export function shortNamesOfCode(level: CatalogLevel, slug: string): readonly string[] {
  if (level === 'volume') return { vol1: ['上'], vol2: ['下'] }[slug] ?? [];
  const number = level === 'grade' ? Number(/^g([1-9])$/.exec(slug)?.[1] ?? 0) : 0;
  return number > 0 ? [numerals[number - 1] ?? '', String(number)] : [];
}
