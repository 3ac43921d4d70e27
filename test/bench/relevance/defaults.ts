import { Meilisearch } from 'meilisearch';
import { z } from 'zod';
import type { ResourceKind } from '../../../server/resources/schema.ts';
import { depth } from './metrics.ts';
import type { JudgedResource } from './schema.ts';

const kindNames: Record<ResourceKind, string> = {
  lesson_plan: '教学设计',
  courseware: '课件',
  micro_lesson: '微课',
  task_sheet: '学习任务单',
  exercise: '作业练习',
  question_bank: '试题库',
  paper: '试卷',
  teaching_case: '教学案例',
  class_recording: '课堂实录',
  experiment_video: '实验视频',
  media_asset: '素材',
  school_course: '校本课程',
  other: '其他',
};

const found = z.object({ hits: z.array(z.object({ id: z.string() })) });

/** What somebody gets who puts the resources into Meilisearch as they read, and leaves its settings alone. */
export async function askDefaults(
  { url, key }: { url: string; key: string },
  resources: readonly JudgedResource[],
): Promise<(text: string) => Promise<string[]>> {
  const client = new Meilisearch({
    host: url,
    apiKey: key,
    requestInit: { headers: { 'accept-encoding': 'identity' } },
  });
  const documents = resources.map(({ id, title, kind, description, place, school, pages }) => ({
    id,
    title,
    kind: kindNames[kind],
    description,
    place: Object.values(place ?? {}).join(' '),
    school,
    text: pages.join('\n'),
  }));
  const index = client.index('relevance_defaults');
  const task = await index.addDocuments(documents, { primaryKey: 'id' }).waitTask({ timeout: 120_000 });
  if (task.status !== 'succeeded') throw new Error(`Meilisearch took no documents: ${task.error?.message}`);
  return async (text) => {
    const { hits } = found.parse(await index.search(text, { limit: depth, attributesToRetrieve: ['id'] }));
    return hits.map(({ id }) => id);
  };
}
