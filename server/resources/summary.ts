import type { Place } from '../catalog/schema.ts';
import type { ResourceRow } from './repository.ts';
import { licenceSchema, type ResourceSummary, resourceKindSchema } from './schema.ts';

/** What resources ask of the catalog to say where they belong. */
export type PlacesOf = (nodeIds: readonly string[]) => Promise<ReadonlyMap<string, Place & { lineage: string[] }>>;

export function summaryOf(row: ResourceRow, place: Place | undefined): ResourceSummary {
  return {
    id: row.id,
    title: row.title,
    kind: resourceKindSchema.parse(row.kind),
    school: { id: row.schoolId, name: row.schoolName },
    owner: { id: row.ownerId, name: row.ownerName },
    place: place ? withoutLineage(place) : null,
    licence: licenceSchema.parse(row.licence),
    visibility: row.visibility,
    status: row.status,
    revision: row.revision,
    publishedAt: row.publishedAt?.toISOString() ?? null,
    updatedAt: row.updatedAt.toISOString(),
    downloads: row.downloads,
    views: row.views,
    cover: row.cover,
    fileCount: row.fileCount,
    bytes: row.bytes,
  };
}

function withoutLineage(place: Place): Place {
  const { nodeId, stage, subject, edition, grade, volume, unit, lesson } = place;
  return { nodeId, stage, subject, edition, grade, volume, unit, lesson };
}

export function nodeIdsOf(rows: readonly ResourceRow[]): string[] {
  return [...new Set(rows.flatMap((row) => row.nodeId ?? []))];
}

/** With one question for all places together. */
export async function summariesOf(rows: readonly ResourceRow[], placesOf: PlacesOf): Promise<ResourceSummary[]> {
  const places = await placesOf(nodeIdsOf(rows));
  return rows.map((row) => summaryOf(row, places.get(row.nodeId ?? '')));
}
