import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { AppError } from '../errors.ts';
import { readCursor, writeCursor } from '../http/page.ts';
import type { AccountActor } from '../http/route.ts';
import { recordEvent } from '../trail/trail.ts';
import { BYTE_ORDER_MARK, eventLine, headingLine } from './csv.ts';
import { type EventRow, listEvents } from './repository.ts';
import type { AuditEvent, AuditExport, AuditQuery } from './schema.ts';

/** Administrators read everything; principals what was done by or to their school. */
export interface AuditService {
  list(actor: AccountActor, query: AuditQuery): Promise<{ items: AuditEvent[]; nextCursor: string | null }>;
  /** The whole of it as a table, piece by piece. That it was taken is itself written down first. */
  export(actor: AccountActor, wanted: AuditExport): Promise<AsyncIterable<string>>;
}

const EXPORTED_AT_ONCE = 1_000;

/** Null: everything. */
function reachOf(actor: AccountActor): string | null {
  if (actor.role === 'admin') return null;
  if (actor.role !== 'principal' || actor.schoolId === null) throw new AppError('forbidden');
  return actor.schoolId;
}

/** @param within the reader's school, to whom the addresses of other schools' people are not told. */
function toEvent(row: EventRow, within: string | null): AuditEvent {
  const foreign = within !== null && row.actor_id !== null && row.actor_school_id !== within;
  return {
    id: String(row.id),
    at: row.at.toISOString(),
    action: row.action,
    actor:
      row.actor_kind === null || row.actor_id === null
        ? null
        : { kind: row.actor_kind, id: row.actor_id, name: row.actor_name, school: row.actor_school },
    subject: { kind: row.subject_kind, id: row.subject_id, title: row.subject_title, school: row.subject_school },
    details: row.details,
    ipAddress: foreign ? null : row.ip_address,
  };
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string().regex(/^\d{1,18}$/)]);
type Cursor = z.output<typeof cursorSchema>;

const placeOf = (row: EventRow): Cursor => [row.at.toISOString(), String(row.id)];

export function createAuditService({ db }: { db: Database }): AuditService {
  async function* lines({ lang, ...filter }: AuditExport, within: string | null): AsyncIterable<string> {
    yield BYTE_ORDER_MARK + headingLine(lang);
    let after: Cursor | null = null;
    for (;;) {
      const rows: EventRow[] = await listEvents(db, { filter, within, after, limit: EXPORTED_AT_ONCE });
      if (rows.length > 0) yield rows.map((row) => eventLine(lang, toEvent(row, within))).join('');
      const last = rows.at(-1);
      if (last === undefined || rows.length < EXPORTED_AT_ONCE) return;
      after = placeOf(last);
    }
  }

  return {
    async list(actor, { limit, cursor, ...filter }) {
      const within = reachOf(actor);
      const after = cursor === undefined ? null : readCursor(cursor, cursorSchema);
      const rows = await listEvents(db, { filter, within, after, limit: limit + 1 });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: rows.slice(0, limit).map((row) => toEvent(row, within)),
        nextCursor: last === undefined ? null : writeCursor(placeOf(last)),
      };
    },

    async export(actor, wanted) {
      const within = reachOf(actor);
      const { lang: _, ...filter } = wanted;
      await recordEvent(db, 'audit.exported', { actor, id: null, schoolId: within, details: filter });
      return lines(wanted, within);
    },
  };
}
