import { type Kysely, sql } from 'kysely';

/** A recording tells of each gap whose it is. Of gaps kept before it is taken from the tracks that they were found in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw(statement).execute(db);
}

// A gap lies in its track or right before it; where tracks of several senders match, one that begins with the gap is meant.
const statement = `
  update recording set timeline = jsonb_set(timeline, '{gaps}', (
    select jsonb_agg(gap || jsonb_build_object('roomId', (
        select track->>'roomId'
        from jsonb_array_elements(coalesce(timeline->'tracks', '[]')) as tracks (track)
        where track->>'source' = gap->>'track'
          and (track->>'startMs')::numeric <= (gap->>'endMs')::numeric
          and (track->>'endMs')::numeric >= (gap->>'startMs')::numeric
        order by (track->>'startMs')::numeric = (gap->>'startMs')::numeric desc, track->>'roomId' nulls first
        limit 1)) order by number)
    from jsonb_array_elements(timeline->'gaps') with ordinality as gaps (gap, number)))
  where jsonb_array_length(timeline->'gaps') > 0`;
