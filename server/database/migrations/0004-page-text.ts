import { type Kysely, sql } from 'kysely';

/** The words of a file page by page, so that a hit inside a document can say where. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  `create table page_text (
     file_id uuid not null references file on delete cascade,
     -- From 1 on; a file without pages has one.
     number int not null check (number > 0),
     text text not null check (text <> ''),
     primary key (file_id, number))`,
  // Which page a word of a paged file stands on was not kept.
  `insert into page_text (file_id, number, text)
     select id, 1, content_text from file where content_text <> '' and coalesce(pages, 1) = 1`,
  `alter table file drop column content_text`,
];
