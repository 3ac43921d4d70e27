import { answer, client } from './client.ts';
import type { AuditAction } from './types.ts';

/** What the trail is narrowed by; what is empty narrows nothing. */
export interface AuditFilter {
  from?: string;
  to?: string;
  action?: AuditAction;
  actor?: string;
  subject?: string;
  schoolId?: string;
}

export const listAuditEvents = (filter: AuditFilter, cursor: string | null, signal?: AbortSignal) =>
  answer(client['audit-events'].$get({ query: { ...filter, ...(cursor && { cursor }) } }, { init: { signal } }));

/** Address of the table for spreadsheets, which the browser itself loads. */
export function auditTableAddress(filter: AuditFilter, lang: string): string {
  return `/api/audit-events.csv?${new URLSearchParams({ ...filter, lang })}`;
}
