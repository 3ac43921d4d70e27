import type { Actor } from '../http/route.ts';
import { mayKnowFaults } from './policy.ts';
import type { FileRow, PreviewRow } from './repository.ts';
import { type File, fileErrorCodeSchema, fileProgressSchema } from './schema.ts';

/** A file as its reader is told of it. */
export function toFile(actor: Actor, row: FileRow, previews: readonly Pick<PreviewRow, 'kind'>[]): File {
  return {
    id: row.id,
    name: row.name,
    bytes: row.bytes,
    sha256: row.sha256,
    mediaType: row.media_type,
    state: row.state,
    errorCode: row.error_code === null ? null : fileErrorCodeSchema.parse(row.error_code),
    scan: row.scan,
    scanSignature: mayKnowFaults(actor, row) ? row.scan_signature : null,
    // A process of another version may know further steps.
    progress: row.state === 'processing' ? fileProgressSchema.nullable().catch(null).parse(row.progress) : null,
    pages: row.pages,
    totalPages: row.total_pages ?? row.pages,
    durationMs: row.duration_ms,
    width: row.width,
    height: row.height,
    hasPoster: previews.some(({ kind }) => kind === 'poster'),
    createdAt: row.created_at.toISOString(),
  };
}
