import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { nodeBinary } from '../../infra/install/node-binary.mjs';
import { root } from '../../infra/install/root.mjs';
import { readConnections } from '../../server/connections.ts';
import { openDatabase } from '../../server/database/database.ts';
import type { Tables } from '../../server/database/tables.ts';
import { licences, resourceKinds } from '../../server/resources/schema.ts';

const batch = 500;

/** Numbers from 0 to below 1 that are the same in every run (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const forms = [
  '教学设计',
  '课件',
  '微课',
  '学习任务单',
  '课后练习',
  '单元测试卷',
  '说课稿',
  '教学反思',
  '导学案',
  '实验视频',
];
const sentences = [
  '结合生活情境认识概念，在折一折、画一画、说一说的活动中体会意义。',
  '通过小组合作探究方法，能用自己的话说明理由。',
  '练习由浅入深，附参考答案和评分标准，可供课堂检测使用。',
  '朗读课文，把握主要内容，体会人物的思想感情。',
  '设计了三个层次的学习任务，照顾不同水平的学生。',
  '本课为同课异构活动的展示课，附听课老师的点评。',
  '课件包含动画演示，建议在多媒体教室使用。',
  '教学重点是理解算理，难点是灵活运用。',
];

/** Puts `count` published resources with a file each straight into the database, and builds the index from it. */
export async function fillLibrary(dataDir: string, count: number): Promise<void> {
  const connections = await readConnections(dataDir);
  if (!connections) throw new Error('The server has left no connections.json.');
  const database = openDatabase({
    url: connections.databaseUrl,
    poolSize: 1,
    onIdleError: (error) => console.error('an idle connection broke', error),
  });
  const { db } = database;
  try {
    const random = randomNumbers(20_260_901);
    const among = <T>(list: readonly T[]): T => {
      const found = list[Math.floor(random() * list.length)];
      if (found === undefined) throw new Error('There is nothing to choose from.');
      return found;
    };
    const owners = await db
      .selectFrom('account')
      .where('school_id', 'is not', null)
      .select(['id', 'school_id as schoolId'])
      .execute();
    const lessons = await db.selectFrom('catalog_node').where('level', '=', 'lesson').select(['id', 'name']).execute();
    for (let made = 0; made < count; made += batch) {
      const rows = Array.from({ length: Math.min(batch, count - made) }, (_, index) => {
        const [owner, lesson] = [among(owners), among(lessons)];
        return {
          owner_id: owner.id,
          school_id: owner.schoolId ?? '',
          kind: among(resourceKinds),
          title: `《${lesson.name}》${among(forms)}（${made + index + 1}）`,
          description: Array.from({ length: 1 + Math.floor(random() * 4) }, () => among(sentences)).join(''),
          catalog_node_id: lesson.id,
          licence: among(licences),
          visibility: among<Tables['resource']['visibility']>([
            'alliance',
            'alliance',
            'alliance',
            'public',
            'school',
            'private',
          ]),
          status: 'published' as const,
          downloads: Math.floor(random() ** 4 * 2_000),
          published_at: new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 200 * 24 * 3_600_000)),
        };
      });
      const ids = await db.insertInto('resource').values(rows).returning('id').execute();
      const files = ids.map(({ id }, index) => ({
        resource_id: id,
        owner_id: rows[index]?.owner_id,
        school_id: rows[index]?.school_id ?? '',
        name: '教案.docx',
        bytes: 10_000 + Math.floor(random() * 5_000_000),
        object_key: `files/${id}`,
        media_type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        state: 'ready' as const,
        pages: 1 + Math.floor(random() * 12),
      }));
      await db.insertInto('file').values(files).execute();
    }
    // What PostgreSQL does by itself within a minute; until then it plans for the empty tables of before.
    await sql`analyze`.execute(db);
  } finally {
    await database.close();
  }
  await reindex(dataDir);
}

async function reindex(dataDir: string): Promise<void> {
  const child = spawn(nodeBinary(), ['server/reindex.ts'], {
    cwd: root,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The index was not built: ${code}.`);
}
