import { isDeepStrictEqual } from 'node:util';
import { type EnqueuedTask, type Index, Meilisearch, type SearchParams, type Settings } from 'meilisearch';
import type { z } from 'zod';
import { answerSchema, toStored } from './documents.ts';
import { isAnswer, translateFailure } from './failures.ts';
import { toMeilisearch } from './filters.ts';
import {
  highlightEnd,
  highlightStart,
  type SearchIndex,
  type SearchRequest,
  SearchUnavailableError,
  type SortOrder,
} from './search-index.ts';
import { documentVersion, indexSettings } from './settings.ts';
import { taskDone } from './tasks.ts';

export interface MeilisearchOptions<Shown> {
  url: string;
  key: string;
  /** Name of the index; the version of the documents is added to it. */
  indexName: string;
  /** What a hit shows, as it comes back. */
  shown: z.ZodType<Shown>;
  /** Longest wait for one answer, in milliseconds. */
  timeoutMs?: number;
}

/** SearchIndex on a Meilisearch server (https://www.meilisearch.com/docs/reference/api). */
export function createMeilisearchIndex<Shown>(options: MeilisearchOptions<Shown>): SearchIndex<Shown> {
  const client = new Meilisearch({
    host: options.url,
    apiKey: options.key,
    timeout: options.timeoutMs ?? 5000,
    // Compressing an answer takes Meilisearch fifty times as long as finding it.
    requestInit: { headers: { 'accept-encoding': 'identity' } },
  });
  const name = `${options.indexName}_v${documentVersion}`;
  const nextName = `${name}_next`;
  const index = client.index(name);
  const answer = answerSchema(options.shown);

  async function done(task: Promise<EnqueuedTask>, signal?: AbortSignal): Promise<void> {
    await taskDone(client, await task, signal);
  }

  async function exists(uid: string): Promise<boolean> {
    try {
      await client.getRawIndex(uid);
      return true;
    } catch (error) {
      if (isAnswer(error, 'index_not_found')) return false;
      throw error;
    }
  }

  // Adding to an index that is not there would make one without settings, holding a part of the library.
  async function requireIndex(): Promise<void> {
    if (!(await exists(name))) throw new SearchUnavailableError('The search index has not been built yet.');
  }

  async function updateSettings(target: Index, present: Settings, signal?: AbortSignal): Promise<void> {
    const changed = Object.entries(indexSettings).filter(
      ([key, value]) => !isDeepStrictEqual(present[key as keyof Settings], value),
    );
    if (changed.length > 0) await done(target.updateSettings(Object.fromEntries(changed)), signal);
  }

  async function dropIndex(uid: string, signal?: AbortSignal): Promise<void> {
    if (await exists(uid)) await done(client.deleteIndex(uid), signal);
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translateFailure(error);
    }
  }

  return {
    prepare: (signal) =>
      attempt(async () => {
        if (!(await exists(name))) return 'missing';
        const settings = await index.getSettings();
        // A rebuild sets them before the index takes its name; without them it came about in another way.
        if (!settings.filterableAttributes?.length) return 'missing';
        await updateSettings(index, settings, signal);
        return 'ready';
      }),

    upsert: (documents, signal) =>
      attempt(async () => {
        await requireIndex();
        if (documents.length > 0) await done(index.addDocuments(documents.map(toStored)), signal);
      }),

    remove: (ids, signal) =>
      attempt(async () => {
        await requireIndex();
        if (ids.length > 0) await done(index.deleteDocuments([...ids]), signal);
      }),

    search: (request, signal) =>
      attempt(async () => {
        const found = answer.parse(await index.search(request.query, searchParams(request), signal && { signal }));
        return {
          hits: found.hits.map((hit) => ({ id: hit.id, shown: hit.shown, highlight: hit._formatted })),
          total: found.estimatedTotalHits,
          facets: found.facetDistribution ?? {},
        };
      }),

    rebuild: (batches, signal) =>
      attempt(async () => {
        await dropIndex(nextName, signal);
        await done(client.createIndex(nextName, { primaryKey: 'id' }), signal);
        const next = client.index(nextName);
        await updateSettings(next, {}, signal);
        const tasks: EnqueuedTask[] = [];
        let count = 0;
        for await (const documents of batches) {
          signal?.throwIfAborted();
          tasks.push(await next.addDocuments(documents.map(toStored)));
          count += documents.length;
        }
        for (const task of tasks) await taskDone(client, task, signal);
        const present = await exists(name);
        // The first index takes the name in one step, so that it is never seen half full.
        await done(client.swapIndexes([{ indexes: [nextName, name], rename: !present }]), signal);
        await dropIndex(nextName, signal);
        return count;
      }),

    ping: (signal) =>
      attempt(async () => {
        await client.httpRequest.get({ path: 'health', extraRequestInit: signal && { signal } });
      }),
  };
}

const sortings: Record<SortOrder, string[] | undefined> = {
  relevance: undefined,
  newest: ['publishedAt:desc'],
  popular: ['downloads:desc', 'publishedAt:desc'],
};

/** How a request is put to Meilisearch. */
export function searchParams(request: SearchRequest): SearchParams {
  // Without words all are equally relevant, and the newest says most.
  const sort = request.query === '' && request.sort === 'relevance' ? 'newest' : request.sort;
  return {
    filter: toMeilisearch(request.filter),
    sort: sortings[sort],
    // The commonest word is given up first: of 三年级 分数 that is 三年级. Sorted by anything but relevance,
    // hits of only some of the words would stand before those of all.
    matchingStrategy: sort === 'relevance' ? 'frequency' : 'all',
    limit: request.limit,
    offset: request.offset,
    facets: request.facets.length > 0 ? [...request.facets] : undefined,
    attributesToRetrieve: ['id', 'shown'],
    attributesToHighlight: ['title', 'description'],
    attributesToCrop: ['description'],
    cropLength: 40,
    cropMarker: '…',
    highlightPreTag: highlightStart,
    highlightPostTag: highlightEnd,
  };
}
