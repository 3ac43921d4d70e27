import { sql } from 'kysely';
import { z } from 'zod';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { DeadJob } from '../jobs/definition.ts';
import type { UndoneKind } from './schema.ts';

export interface UndoneRow {
  kind: UndoneKind;
  /** Of the resource, the upload or the dead job. */
  id: string;
  job: string | null;
  /** Title or file name of what it is about. */
  name: string | null;
  resourceId: string | null;
  school: string | null;
  schoolId: string | null;
  tries: number | null;
  since: Date;
  failure: string | null;
}

/** What a job is about, where its payload says it. A job may be dead because nobody can read it. */
const id = z.uuid().optional().catch(undefined);
const aboutSchema = z.object({ fileId: id, recordingId: id, resourceId: id }).catch({});

/** More than anybody reads. */
const LISTED = 1000;

/**
 * What could not be done, the newest first: resources that the index refuses, uploads that find no end, and jobs that were
 * given up, as far as what they are about still needs them.
 */
export async function listUndone(db: Database, deadJobs: readonly DeadJob[]): Promise<UndoneRow[]> {
  const dead = deadJobs.map(({ payload, ...job }) => ({ ...job, ...aboutSchema.parse(payload) }));
  const { rows } = await sql<UndoneRow>`
    with dead as (
      select * from jsonb_to_recordset(${JSON.stringify(dead)}::jsonb) as dead (
        id uuid, name text, tries int, "failedAt" timestamptz, failure text,
        "fileId" uuid, "recordingId" uuid, "resourceId" uuid)),
    undone as (
      select 'document' as kind, resource.id, null as job, resource.title as name, resource.id as resource_id, school_id,
        null::int as tries, refused_at as since, reason as failure
      from index_refusal join resource on resource.id = resource_id
      where status = 'published' and deleted_at is null
      union all
      select 'upload', id, null, name, null, school_id, null, failed_at, failure
      from upload
      where failed_at is not null and finished_at is null
      union all
      select 'job', dead.id, dead.name, coalesce(file.name, class_session.title, resource.title), resource.id,
        coalesce(file.school_id, class_session.school_id, resource.school_id), dead.tries, dead."failedAt", dead.failure
      from dead
        left join file on file.id = "fileId"
        left join recording on recording.id = "recordingId"
        left join class_session on class_session.id = recording.class_session_id
        left join resource on resource.id = coalesce("resourceId", file.resource_id, recording.resource_id)
      where case
        when dead.name = 'file.erase' then file.id is not null
        when "fileId" is not null then file.id is not null and file.deleted_at is null and resource.deleted_at is null
        when "recordingId" is not null then
          recording.id is not null and (recording.state <> 'finished' or dead.name = 'recording.clean')
        when "resourceId" is not null then resource.id is not null
        else true end)
    select kind, undone.id, job, undone.name, resource_id as "resourceId", school.name as school,
      school.id as "schoolId", tries, since, failure
    from undone left join school on school.id = school_id
    order by since desc, undone.id
    limit ${LISTED}`.execute(db);
  return rows;
}

/** @returns whether the index had refused it. */
export async function forgetRefusal(tx: DatabaseTransaction, resourceId: string): Promise<boolean> {
  const deleted = await tx
    .deleteFrom('index_refusal')
    .where('resource_id', '=', resourceId)
    .returning('resource_id')
    .executeTakeFirst();
  return deleted !== undefined;
}
