import { z } from '@hono/zod-openapi';

/** The levels of the catalog from the root down (product.md). */
export const catalogLevels = ['stage', 'subject', 'edition', 'grade', 'volume', 'unit', 'lesson'] as const;

export const catalogLevelSchema = z.enum(catalogLevels);
export type CatalogLevel = z.output<typeof catalogLevelSchema>;

export const catalogNodeSchema = z
  .object({
    id: z.uuid(),
    parentId: z.uuid().nullable(),
    level: catalogLevelSchema,
    /** Stable and unique among its siblings, such as `primary`, `math`, `renjiao`, `g3`, `vol1`. */
    slug: z.string(),
    /** What people read; of an edition it names the chief editor too, when that tells two apart. */
    name: z.string(),
    position: z.int(),
    childCount: z.int(),
  })
  .openapi('CatalogNode');
export type CatalogNode = z.output<typeof catalogNodeSchema>;

export const listNodesQuerySchema = z.object({
  /** Without it, the stages. */
  parentId: z.uuid().optional(),
});

export const listNodesResponseSchema = z.object({ items: z.array(catalogNodeSchema) }).openapi('CatalogNodeList');
export type CatalogNodeList = z.output<typeof listNodesResponseSchema>;

export const nodeParamsSchema = z.object({ id: z.uuid() });

export const nodeResponseSchema = z
  .object({
    node: catalogNodeSchema,
    /** From the stage down to the parent. */
    ancestors: z.array(catalogNodeSchema),
  })
  .openapi('CatalogNodeWithAncestors');
export type CatalogNodeWithAncestors = z.output<typeof nodeResponseSchema>;

export const importQuerySchema = z.object({
  /** `true`: says what would change, and writes nothing. */
  dryRun: z.enum(['true', 'false']).default('false'),
});

/** Why a line of a table cannot be read; the web translates them. */
export const catalogFaultCodes = ['no_stage', 'no_subject', 'name_too_long', 'cell_error'] as const;
export type CatalogFaultCode = (typeof catalogFaultCodes)[number];

const faultSchema = z.object({ line: z.int(), code: z.enum(catalogFaultCodes) }).openapi('CatalogFault');
export type CatalogFault = z.output<typeof faultSchema>;

const changeSchema = z
  .object({
    change: z.enum(['created', 'updated']),
    level: catalogLevelSchema,
    name: z.string(),
    /** Names from the stage down to the parent. */
    place: z.array(z.string()),
  })
  .openapi('CatalogChange');
export type CatalogChange = z.output<typeof changeSchema>;

export const importResponseSchema = z
  .object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    /** The first 100 of either kind. */
    changes: z.array(changeSchema),
    faultCount: z.int(),
    /** The first 100 of them; they come of a dry run alone, as an import with faults is refused. */
    faults: z.array(faultSchema),
  })
  .openapi('CatalogImportResult');
export type CatalogImportResult = z.output<typeof importResponseSchema>;

const slugged = z.object({ slug: z.string(), name: z.string() });

/** Where in the catalog: every level down to the chosen node, null below it. */
export const placeSchema = z
  .object({
    nodeId: z.uuid(),
    stage: slugged.nullable(),
    subject: slugged.nullable(),
    edition: slugged.nullable(),
    grade: slugged.nullable(),
    volume: slugged.nullable(),
    unit: slugged.nullable(),
    lesson: slugged.nullable(),
  })
  .openapi('Place');
export type Place = z.output<typeof placeSchema>;

export const findLessonsQuerySchema = z.object({
  /** A part of a name, or of its pinyin without tones. */
  q: z.string().normalize('NFKC').trim().min(1).max(60),
});

export const lessonListSchema = z.object({ items: z.array(placeSchema) }).openapi('LessonList');
export type LessonList = z.output<typeof lessonListSchema>;
