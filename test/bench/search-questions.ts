import { z } from 'zod';
import { all, oneOf } from '../../search/index.ts';
import { searchParams } from '../../search/meilisearch.ts';
import { documentVersion } from '../../search/settings.ts';
import { createCatalogService } from '../../server/catalog/service.ts';
import { visibleInIndex } from '../../server/resources/policy.ts';
import { createReader } from '../../server/resources/reading.ts';
import { searchQuerySchema } from '../../server/resources/schema.ts';
import type { Question } from './asker.ts';
import { openProductDatabase } from './library/fill.ts';

/** Those that the library page shows, and so asks for (web/api/resources.ts). */
const facets = ['kind', 'subject', 'edition', 'grade', 'volume'] as const;

export const words = [
  ...['分数', '面积', '几分之一', '周长', '方程', '草船借箭', '平行四边形', '光的反射', '声音', '秦统一中国'],
  ...[
    'fenshu',
    'mianji',
    'fs',
    'caochuan',
    '三年级 分数',
    '五年级 数学 课件',
    '教学设计',
    '实验视频',
    '单元测试卷',
    '',
  ],
];

/** One question, as it is put to our API and to Meilisearch itself. */
export interface Twice {
  ours: Question;
  peer: Question;
}

const me = z.object({
  actor: z.object({
    account: z.object({ id: z.string(), role: z.literal('teacher'), school: z.object({ id: z.string() }) }),
    alliances: z.array(z.object({ id: z.string() })),
  }),
});

/** The catalog's names, by which the server understands what was typed. */
async function readNames(dataDir: string) {
  const database = await openProductDatabase(dataDir);
  try {
    return await createCatalogService({ db: database.db }).names();
  } finally {
    await database.close();
  }
}

/** What people type and click, as the person of the cookie. Meilisearch is asked for what our server asks it for. */
export async function questionsOf(origin: string, dataDir: string, cookie: string): Promise<Twice[]> {
  const names = await readNames(dataDir);
  const read = createReader();
  const answer = await fetch(`${origin}/api/me`, { headers: { cookie } });
  const { account, alliances } = me.parse(await answer.json()).actor;
  const visible = visibleInIndex({
    kind: 'account',
    id: account.id,
    role: account.role,
    schoolId: account.school.id,
    allianceIds: alliances.map(({ id }) => id),
  });
  return words.map((q, index) => {
    // Every other question is narrowed by a kind, as people do who have seen the first answer.
    const kind = index % 2 === 0 ? [] : ['lesson_plan', 'courseware', 'exercise'];
    const asked = new URLSearchParams({
      q,
      facets: facets.join(','),
      ...(kind.length > 0 && { kind: kind.join(',') }),
    });
    const { query, conditions } = read(searchQuerySchema.parse({ q, kind: kind.join(',') }), names);
    const chosen = kind.length > 0 ? [oneOf('kind', kind)] : [];
    const params = searchParams({
      query,
      match: 'all',
      by: 'words',
      filter: all(visible, ...chosen, ...conditions.map(({ facet, values }) => oneOf(facet, values))),
      sort: 'relevance',
      limit: 20,
      offset: 0,
      facets,
    });
    return {
      ours: { method: 'GET', path: `/api/resources?${asked}` },
      peer: {
        method: 'POST',
        path: `/indexes/resources_v${documentVersion}/search`,
        body: JSON.stringify(params),
      },
    };
  });
}
