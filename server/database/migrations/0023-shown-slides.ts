import { type Kysely, sql } from 'kysely';

/** A lesson may show other slides than those it was planned with. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table class_session_slides (
     class_session_id uuid not null references class_session on delete cascade,
     file_id uuid not null references file,
     shown_at timestamptz not null,
     primary key (class_session_id, file_id))`,
  'create index on class_session_slides (file_id)',
  // Asked for each page of slides that a room shows.
  'create index class_session_by_slides on class_session (slides_file_id) where slides_file_id is not null',
  // Of a recording the number was that of the page; now it is that of the turn that showed the page first.
  `create temporary table turn_text on commit drop as
     select distinct on (recording.id, page_text.number) recording.id, shown.number::int, page_text.text
     from recording
       cross join lateral jsonb_array_elements(recording.timeline->'slides') with ordinality as shown (turn, number)
       join page_text on page_text.file_id = recording.id and page_text.number = (shown.turn->>'page')::int
     where shown.turn->>'fileId' is not null
     order by recording.id, page_text.number, shown.number`,
  'delete from page_text using recording where page_text.file_id = recording.id and page_text.number > 0',
  'insert into page_text (file_id, number, text) select id, number, text from turn_text',
];
