import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './database.ts';
import * as foundation from './migrations/0001-foundation.ts';
import * as library from './migrations/0002-library.ts';
import * as uploads from './migrations/0003-uploads.ts';
import * as pageText from './migrations/0004-page-text.ts';
import * as renditions from './migrations/0005-renditions.ts';
import * as viewer from './migrations/0006-viewer.ts';
import * as synonyms from './migrations/0007-synonyms.ts';
import * as quota from './migrations/0008-quota.ts';
import * as audit from './migrations/0009-audit.ts';
import * as captions from './migrations/0010-captions.ts';
import * as enrolment from './migrations/0012-enrolment.ts';
import * as trail from './migrations/0013-trail.ts';
import * as timetable from './migrations/0014-timetable.ts';
import * as firstUse from './migrations/0015-first-use.ts';
import * as retention from './migrations/0016-retention.ts';
import * as notes from './migrations/0017-notes.ts';
import * as pupilConsent from './migrations/0018-pupil-consent.ts';
import * as undone from './migrations/0020-undone.ts';
import * as nameOrder from './migrations/0021-name-order.ts';
import * as archiveContents from './migrations/0022-archive-contents.ts';
import * as shownSlides from './migrations/0023-shown-slides.ts';
import * as sendersOfGaps from './migrations/0024-senders-of-gaps.ts';
import { acceptNameOrder } from './name-order.ts';

/** In the order in which they are applied. A migration that has been released is never changed. */
const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-library': library,
  '0003-uploads': uploads,
  '0004-page-text': pageText,
  '0005-renditions': renditions,
  '0006-viewer': viewer,
  '0007-synonyms': synonyms,
  '0008-quota': quota,
  '0009-audit': audit,
  '0010-captions': captions,
  '0012-enrolment': enrolment,
  '0013-trail': trail,
  '0014-timetable': timetable,
  '0015-first-use': firstUse,
  '0016-retention': retention,
  '0017-notes': notes,
  '0018-pupil-consent': pupilConsent,
  '0020-undone': undone,
  '0021-name-order': nameOrder,
  '0022-archive-contents': archiveContents,
  '0023-shown-slides': shownSlides,
  '0024-senders-of-gaps': sendersOfGaps,
};

/**
 * Brings the schema up to date; two processes that start at once wait for each other.
 * @returns the names of the migrations that were applied now.
 */
export async function migrate(db: Database): Promise<string[]> {
  const { rows } = await sql<{ number: number }>`select current_setting('server_version_num')::int as number`.execute(
    db,
  );
  const version = rows[0]?.number ?? 0;
  if (version < 150_000)
    throw new Error(`PostgreSQL 15 or newer is needed; this one is ${Math.floor(version / 10_000)}.`);

  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error, results } = await migrator.migrateToLatest();
  if (error) throw error;
  await acceptNameOrder(db);
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}
