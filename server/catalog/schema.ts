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

export const importResponseSchema = z
  .object({ created: z.int(), updated: z.int(), unchanged: z.int() })
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
