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
    vol1: ['上册', '上'],
    vol2: ['下册', '下'],
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

/** Full-width and half-width alike, without blanks, brackets and dots: 小学（五•四学制） is 小学五四学制. */
function plain(name: string): string {
  return name.normalize('NFKC').replaceAll(/[\s()·•・.。\-—]/g, '');
}

export interface Code {
  slug: string;
  /** Where it stands among all codes of its level, from 0. */
  rank: number;
}

/** The code of a name that every list uses, or undefined. */
export function codeOf(level: CatalogLevel, name: string): Code | undefined {
  const wanted = plain(name);
  const entries = Object.entries(namesOf[level] ?? {});
  const rank = entries.findIndex(([, names]) => names.includes(wanted));
  const slug = entries[rank]?.[0];
  return slug === undefined ? undefined : { slug, rank };
}

/** All names of a code; empty for a slug that was made of a name. */
export function namesOfCode(level: CatalogLevel, slug: string): readonly string[] {
  return namesOf[level]?.[slug] ?? [];
}
