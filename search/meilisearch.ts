import { isDeepStrictEqual } from 'node:util';
import { type EnqueuedTask, type Index, Meilisearch, type SearchParams, type Settings } from 'meilisearch';
import type { z } from 'zod';
import { answerSchema, type SearchDocument, toStored } from './documents.ts';
import { isAnswer, translateFailure } from './failures.ts';
import { toMeilisearch } from './filters.ts';
import { createHttpClient } from './http-client.ts';
import { inPieces } from './pieces.ts';
import { soundOf } from './pinyin.ts';
import { isBlank, toMeilisearchQuery } from './query.ts';
import { giveApart, refusalOf } from './refusals.ts';
import {
  highlightEnd,
  highlightStart,
  type Refusal,
  type SearchIndex,
  SearchRefusedError,
  type SearchRequest,
  type SearchResult,
  SearchUnavailableError,
  type SortOrder,
  type Vocabulary,
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

/** So much is taken within the wait for one answer, also by a slow disk. */
const atOnceBytes = 8 * 1024 * 1024;

/** When so many are refused and nothing is taken, it is not the documents that are to blame. */
const mostBlamed = 20;

/** SearchIndex on a Meilisearch server (https://www.meilisearch.com/docs/reference/api). */
export function createMeilisearchIndex<Shown>(options: MeilisearchOptions<Shown>): SearchIndex<Shown> {
  const client = new Meilisearch({
    host: options.url,
    apiKey: options.key,
    timeout: options.timeoutMs ?? 5000,
    httpClient: createHttpClient(options.url),
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

  async function updateSettings(
    target: Index,
    present: Settings,
    vocabulary: Vocabulary,
    signal?: AbortSignal,
  ): Promise<void> {
    const changed = Object.entries(indexSettings(vocabulary)).filter(
      ([key, value]) => !isDeepStrictEqual(present[key as keyof Settings], value),
    );
    if (changed.length > 0) await done(target.updateSettings(Object.fromEntries(changed)), signal);
  }

  /** Resolves when they are in the index, all but those it returns. */
  async function add(
    target: Index,
    documents: readonly SearchDocument<Shown>[],
    signal?: AbortSignal,
  ): Promise<Refusal[]> {
    const refused: Refusal[] = [];
    for (const piece of inPieces(documents.map(toStored), atOnceBytes)) {
      const more = await giveApart(piece, async (part) => {
        signal?.throwIfAborted();
        await done(target.addDocuments([...part]), signal);
      });
      refused.push(...more);
    }
    return refused;
  }

  async function dropIndex(uid: string, signal?: AbortSignal): Promise<void> {
    if (await exists(uid)) await done(client.deleteIndex(uid), signal);
  }

  /**
   * Everything, with the waiting at the end: Meilisearch takes neighbours together. One of them that it refuses then takes
   * its neighbours along, so these are only `unsettled`: ids, by the piece.
   */
  async function addAll(target: Index, batches: AsyncIterable<SearchDocument<Shown>[]>, signal?: AbortSignal) {
    const given: { ids: string[]; task: EnqueuedTask }[] = [];
    const unsettled: string[][] = [];
    let count = 0;
    for await (const documents of batches) {
      for (const piece of inPieces(documents.map(toStored), atOnceBytes)) {
        signal?.throwIfAborted();
        const ids = piece.map(({ id }) => id);
        const giving = target.addDocuments(piece);
        if (await refusalOf(giving)) unsettled.push(ids);
        else given.push({ ids, task: await giving });
      }
      count += documents.length;
    }
    for (const { ids, task } of given) if (await refusalOf(taskDone(client, task, signal))) unsettled.push(ids);
    return { count, unsettled };
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw translateFailure(error);
    }
  }

  return {
    prepare: (vocabulary, signal) =>
      attempt(async () => {
        if (!(await exists(name))) return 'missing';
        const settings = await index.getSettings();
        // A rebuild sets them before the index takes its name; without them it came about in another way.
        if (!settings.filterableAttributes?.length) return 'missing';
        await updateSettings(index, settings, vocabulary, signal);
        return 'ready';
      }),

    upsert: (documents, signal) =>
      attempt(async () => {
        await requireIndex();
        const refused = await add(index, documents, signal);
        // Nor as they were before: they may have been shown to more people then.
        if (refused.length > 0) await done(index.deleteDocuments(refused.map(({ id }) => id)), signal);
        return refused;
      }),

    remove: (ids, signal) =>
      attempt(async () => {
        await requireIndex();
        if (ids.length > 0) await done(index.deleteDocuments([...ids]), signal);
      }),

    search: (request, signal) =>
      attempt(async () => {
        const { q, ...params } = searchParams(request);
        return resultOf(answer.parse(await index.search(q, params, signal && { signal })));
      }),

    searchAll: (requests, signal) =>
      attempt(async () => {
        const queries = requests.map((request) => ({ indexUid: name, ...searchParams(request) }));
        const { results } = await client.multiSearch({ queries }, signal && { signal });
        return results.map((found) => resultOf(answer.parse(found)));
      }),

    suggest: (typed, filter, limit, signal) =>
      attempt(async () => {
        const found = await index.search(
          typed,
          {
            filter: [toMeilisearch(filter), 'lessonId IS NOT NULL'].filter((part) => part !== undefined),
            distinct: 'lessonId',
            attributesToSearchOn: ['lesson', 'lessonPinyin'],
            attributesToRetrieve: ['id', 'shown'],
            attributesToHighlight: ['title', 'description'],
            matchingStrategy: 'all',
            limit,
          },
          signal && { signal },
        );
        return answer.parse(found).hits.map((hit) => hit.shown);
      }),

    rebuild: (source, signal) =>
      attempt(async () => {
        await dropIndex(nextName, signal);
        await done(client.createIndex(nextName, { primaryKey: 'id' }), signal);
        const next = client.index(nextName);
        await updateSettings(next, {}, await source.vocabulary(), signal);
        const { count, unsettled } = await addAll(next, source.readAll(signal), signal);
        const refused: Refusal[] = [];
        let asked = 0;
        // Read anew, because nobody holds a whole library in memory.
        for (const ids of unsettled) {
          refused.push(...(await add(next, await source.load(ids), signal)));
          asked += ids.length;
          if (refused.length === asked && asked > mostBlamed) {
            throw new SearchRefusedError(`Meilisearch refused all of ${asked}: ${refused[0]?.reason}`);
          }
        }
        const present = await exists(name);
        // The first index takes the name in one step, so that it is never seen half full.
        await done(client.swapIndexes([{ indexes: [nextName, name], rename: !present }]), signal);
        await dropIndex(nextName, signal);
        return { count: count - refused.length, refused };
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

/**
 * The last word, which otherwise finds all that begin with it, stands for itself before a blank. Of a Chinese word that the
 * library does not know the last character is left: 静夜思 would find 思想政治, 蜀道难 whatever names a 难点.
 */
const withoutPrefix = (q: string): string => `${q} `;

/** How a request is put to Meilisearch. */
export function searchParams(request: SearchRequest): SearchParams & { q: string } {
  const { query } = request;
  // Without words all are equally relevant, and the newest says most.
  const sort = isBlank(query) && request.sort === 'relevance' ? 'newest' : request.sort;
  const bySound = request.by === 'sounds';
  const q = toMeilisearchQuery(bySound ? { ...query, words: soundOf(query.words) ?? query.words } : query);
  return {
    q: request.match === 'some' ? withoutPrefix(q) : q,
    filter: toMeilisearch(request.filter),
    sort: sortings[sort],
    // The commonest word is given up first: of 三年级 分数 that is 三年级.
    matchingStrategy: request.match === 'all' ? 'all' : 'frequency',
    ...(bySound && { attributesToSearchOn: ['pinyin'] }),
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

type Answer<Shown> = z.output<ReturnType<typeof answerSchema<Shown>>>;

function resultOf<Shown>(found: Answer<Shown>): SearchResult<Shown> {
  return {
    hits: found.hits.map((hit) => ({ id: hit.id, shown: hit.shown, highlight: hit._formatted })),
    total: found.estimatedTotalHits,
    facets: found.facetDistribution ?? {},
  };
}
