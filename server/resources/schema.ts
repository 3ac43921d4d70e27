import { z } from '@hono/zod-openapi';
import { placeSchema } from '../catalog/schema.ts';
import { fileScans, fileSchema } from '../files/schema.ts';
import { resourceRetentionSchema } from '../retention/schema.ts';
import { resourceRecordingSchema } from './recording-schema.ts';

export { type Place, placeSchema } from '../catalog/schema.ts';

/** The kinds of product.md, in the order in which they are offered. */
export const resourceKinds = [
  'lesson_plan',
  'courseware',
  'micro_lesson',
  'task_sheet',
  'exercise',
  'question_bank',
  'paper',
  'teaching_case',
  'class_recording',
  'experiment_video',
  'media_asset',
  'school_course',
  'other',
] as const;
export const resourceKindSchema = z.enum(resourceKinds);
export type ResourceKind = z.output<typeof resourceKindSchema>;

export const licences = ['cc_by', 'cc_by_nc', 'cc_by_nc_sa', 'cc0', 'alliance_only', 'all_rights_reserved'] as const;
export const licenceSchema = z.enum(licences);
export type Licence = z.output<typeof licenceSchema>;

export const visibilities = ['private', 'school', 'alliance', 'public'] as const;
export const visibilitySchema = z.enum(visibilities);
export type Visibility = z.output<typeof visibilitySchema>;

export const resourceStatuses = ['draft', 'published'] as const;
export const resourceStatusSchema = z.enum(resourceStatuses);
export type ResourceStatus = z.output<typeof resourceStatusSchema>;

const named = z.object({ id: z.uuid(), name: z.string() });
/** The file that stands for the resource, as far as a row of a list shows it. */
export const coverSchema = z
  .object({
    fileId: z.uuid(),
    mediaType: z.string(),
    pages: z.int().nullable(),
    durationMs: z.int().nullable(),
    /** Whether the file's thumbnail can be asked for already. */
    thumbnail: z.boolean(),
    /** As of the file; the index may hold covers from before there was one. */
    scan: z.enum(fileScans).nullable().default(null),
  })
  .openapi('Cover');
export type Cover = z.output<typeof coverSchema>;

export const resourceSummarySchema = z
  .object({
    id: z.uuid(),
    title: z.string(),
    kind: resourceKindSchema,
    school: named,
    owner: named,
    place: placeSchema.nullable(),
    licence: licenceSchema,
    visibility: visibilitySchema,
    status: resourceStatusSchema,
    /** Counts the changes; a change names the revision it was made from. */
    revision: z.int(),
    publishedAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime(),
    downloads: z.int(),
    views: z.int(),
    cover: coverSchema.nullable(),
    fileCount: z.int(),
    /** Of all files together. */
    bytes: z.int(),
  })
  .openapi('ResourceSummary');
export type ResourceSummary = z.output<typeof resourceSummarySchema>;

export const resourceSchema = resourceSummarySchema
  .extend({
    description: z.string(),
    files: z.array(fileSchema),
    recording: resourceRecordingSchema.nullable(),
    /** Of what was recorded of a class session, for who may edit it; else null. */
    retention: resourceRetentionSchema.nullable(),
    mayEdit: z.boolean(),
  })
  .openapi('Resource');
export type Resource = z.output<typeof resourceSchema>;

/** Encloses the matched words of a highlight. Control characters, so that nothing is ever read as HTML. */
export const highlightStart = '\u0001';
export const highlightEnd = '\u0002';

/** Where inside a document the words were found. */
export const pageHitSchema = z
  .object({
    fileId: z.uuid(),
    fileName: z.string(),
    /** From 1 on; a file without pages has one. */
    page: z.int(),
    /** Whether the words are said in it: they stand in its captions. The page is 0 then. */
    spoken: z.boolean(),
    /** When it was first shown, if the file is the video of a lesson. */
    atMs: z.int().nullable(),
    /** A piece of the page; matches stand between U+0001 and U+0002. */
    text: z.string(),
  })
  .openapi('PageHit');
export type PageHit = z.output<typeof pageHitSchema>;

export const resourceHitSchema = resourceSummarySchema
  .extend({
    /** Title and a piece of the description; matches stand between U+0001 and U+0002. */
    highlight: z.object({ title: z.string(), description: z.string() }),
    /** When neither shows the words, but a page of its files does. */
    inside: pageHitSchema.nullable(),
  })
  .openapi('ResourceHit');
export type ResourceHit = z.output<typeof resourceHitSchema>;

export const facetNames = ['kind', 'stage', 'subject', 'edition', 'grade', 'volume', 'schoolId'] as const;
export type FacetName = (typeof facetNames)[number];

export const facetValueSchema = z
  .object({
    /** What to filter by: a kind, a slug or an id. */
    value: z.string(),
    /** The catalog's or the school's name; of a kind its code, which the web translates. */
    label: z.string(),
    count: z.int(),
  })
  .openapi('FacetValue');
export type FacetValue = z.output<typeof facetValueSchema>;

/** `a,b` given once, or the parameter repeated. */
function several<T extends z.ZodType<string, string>>(item: T) {
  return z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((given) =>
      [given ?? []]
        .flat()
        .flatMap((line) => line.split(','))
        .filter(Boolean),
    )
    .pipe(z.array(item).max(50))
    .openapi({ type: 'string', description: 'One value, or several separated by commas.' });
}

const slug = z.string().max(80);

export const searchSorts = ['relevance', 'newest', 'popular'] as const;

export const searchQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  kind: several(resourceKindSchema),
  stage: several(slug),
  subject: several(slug),
  edition: several(slug),
  grade: several(slug),
  volume: several(slug),
  /** A node of the catalog: what lies there or below. */
  nodeId: several(z.uuid()),
  schoolId: several(z.uuid()),
  sort: z.enum(searchSorts).default('relevance'),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  offset: z.coerce.number().int().min(0).max(950).default(0),
  facets: several(z.enum(facetNames)),
  /** Conditions that are not to be read out of `q`: their words are searched for like any other. */
  plain: several(z.enum(facetNames)),
});
export type SearchQuery = z.output<typeof searchQuerySchema>;

/** A condition that was read out of what was typed. */
export const understoodSchema = z
  .object({
    /** As it was typed. */
    word: z.string(),
    facet: z.enum(facetNames),
    values: z.array(z.string()),
    /** The catalog's name; of a kind its code; the word itself where it stands for several. */
    label: z.string(),
    /** False when it was set aside, because with it nothing would have been found. */
    applied: z.boolean(),
  })
  .openapi('Understood');
export type UnderstoodCondition = z.output<typeof understoodSchema>;

/** How many there would be without one of the conditions, or without all. */
export const wideningSchema = z
  .object({ without: z.enum([...facetNames, 'nodeId', 'all']), total: z.int() })
  .openapi('Widening');
export type Widening = z.output<typeof wideningSchema>;

/** Every word · by the sound, for want of the words · some of the words, for want of all. */
export const matches = ['words', 'sounds', 'some'] as const;

export const searchResponseSchema = z
  .object({
    items: z.array(resourceHitSchema),
    total: z.int(),
    understood: z.array(understoodSchema),
    matched: z.enum(matches),
    /** Only when nothing was found. */
    widenings: z.array(wideningSchema),
    /** Only those asked for. */
    facets: z.partialRecord(z.enum(facetNames), z.array(facetValueSchema)),
    /** What the server needed, in milliseconds. */
    tookMs: z.number(),
    /** True while the search index is away and the database answers in its place. */
    degraded: z.boolean(),
  })
  .openapi('ResourceSearchResult');
export type ResourceSearchResult = z.output<typeof searchResponseSchema>;

export const suggestionQuerySchema = z.object({
  q: z.string().trim().min(1).max(60),
  limit: z.coerce.number().int().min(1).max(10).default(6),
});
export type SuggestionQuery = z.output<typeof suggestionQuerySchema>;

/** Lessons for which there is something that the searcher may see. */
export const suggestionsSchema = z.object({ items: z.array(placeSchema) }).openapi('Suggestions');
export type Suggestions = z.output<typeof suggestionsSchema>;

const title = z.string().trim().min(1).max(200);
const description = z.string().trim().max(5000);
const fileIds = z
  .array(z.uuid())
  .max(50)
  .refine((ids) => new Set(ids).size === ids.length, { error: 'names a file twice' });

export const createResourceSchema = z
  .object({
    title,
    kind: resourceKindSchema,
    description: description.default(''),
    nodeId: z.uuid().nullable().default(null),
    licence: licenceSchema,
    visibility: visibilitySchema,
    /** Own uploads that belong to no resource yet, in the order in which they are shown. */
    fileIds: fileIds.default([]),
    publish: z.boolean().default(false),
  })
  .openapi('CreateResource');
export type CreateResource = z.output<typeof createResourceSchema>;

export const updateResourceSchema = z
  .object({
    /** The revision this change was made from; refused with `revision_outdated` when there is a newer one. */
    revision: z.int().min(1),
    title: title.optional(),
    kind: resourceKindSchema.optional(),
    description: description.optional(),
    nodeId: z.uuid().nullable().optional(),
    licence: licenceSchema.optional(),
    visibility: visibilitySchema.optional(),
    /** All files in their new order; those left out are let go. */
    fileIds: fileIds.optional(),
  })
  .openapi('UpdateResource');
export type UpdateResource = z.output<typeof updateResourceSchema>;

export const resourceParamsSchema = z.object({ id: z.uuid() });

export const listMineQuerySchema = z.object({
  status: resourceStatusSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  cursor: z.string().max(200).optional(),
});
export type ListMineQuery = z.output<typeof listMineQuerySchema>;

export const listMineResponseSchema = z
  .object({ items: z.array(resourceSummarySchema), nextCursor: z.string().nullable() })
  .openapi('ResourceList');
export type ResourceList = z.output<typeof listMineResponseSchema>;
