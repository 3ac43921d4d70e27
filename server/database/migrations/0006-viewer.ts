import { type Kysely, sql } from 'kysely';

/** What the viewer of documents needs: where words stand, how long a document really is, and how far its processing is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // The words of a page with their places, an object beside its image. A page without words has none.
  `create table page_words (
     file_id uuid not null references file on delete cascade,
     number int not null check (number > 0),
     object_key text not null unique,
     bytes int not null,
     primary key (file_id, number))`,

  // pages counts those with an image. Of a document that was cut it is not known how many there are.
  `alter table file
     add column total_pages int,
     add column progress jsonb`,
  `update file set total_pages = pages where pages < 300`,

  // The cover is no longer simply the first file.
  `insert into outbox (entity, entity_id)
     select 'resource', resource_id from file join resource on resource.id = file.resource_id
     where file.deleted_at is null and resource.deleted_at is null and resource.status = 'published'
     group by resource_id having count(*) > 1`,
];
