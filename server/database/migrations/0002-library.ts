import { type Kysely, sql } from 'kysely';

/** What the library's search needs: the line of ancestors of a catalog node, and an outbox that misses nothing. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const statements = [
  // From the stage down to the node itself, so that "below this node" needs no recursion.
  `alter table catalog_node add column lineage uuid[]`,
  `with recursive line (id, lineage) as (
     select id, array[id] from catalog_node where parent_id is null
     union all
     select child.id, line.lineage || child.id from catalog_node child join line on child.parent_id = line.id)
   update catalog_node set lineage = line.lineage from line where line.id = catalog_node.id`,
  `alter table catalog_node alter column lineage set not null`,
  `create index catalog_node_lineage on catalog_node using gin (lineage)`,
  `create index catalog_node_level on catalog_node (level, slug)`,

  // A row that was carried while the index is being rebuilt stays, to be carried again into the new one.
  `alter table outbox add column relayed_at timestamptz`,
  `create index outbox_waiting on outbox (id) where relayed_at is null`,
  `create function outbox_notify() returns trigger language plpgsql as $f$
     begin perform pg_notify('outbox', ''); return null; end $f$`,
  `create trigger outbox_notify after insert on outbox for each statement execute function outbox_notify()`,

  // A search document holds copies of these rows. Whoever changes one marks its resources in the same transaction.
  `create function outbox_of_school() returns trigger language plpgsql as $f$
     begin
       insert into outbox (entity, entity_id)
       select 'resource', id from resource
       where school_id = new.id and status = 'published' and deleted_at is null;
       return null;
     end $f$`,
  `create trigger outbox_of_school after update of name on school
     for each row when (old.name is distinct from new.name) execute function outbox_of_school()`,
  `create function outbox_of_account() returns trigger language plpgsql as $f$
     begin
       insert into outbox (entity, entity_id)
       select 'resource', id from resource
       where owner_id = new.id and status = 'published' and deleted_at is null;
       return null;
     end $f$`,
  `create trigger outbox_of_account after update of name on account
     for each row when (old.name is distinct from new.name) execute function outbox_of_account()`,
  `create function outbox_of_membership() returns trigger language plpgsql as $f$
     begin
       insert into outbox (entity, entity_id)
       select 'resource', id from resource
       where school_id in (old.school_id, new.school_id) and status = 'published' and deleted_at is null;
       return null;
     end $f$`,
  `create trigger outbox_of_membership after insert or update or delete on alliance_school
     for each row execute function outbox_of_membership()`,
  `create function outbox_of_catalog_node() returns trigger language plpgsql as $f$
     begin
       insert into outbox (entity, entity_id)
       select 'resource', resource.id from resource join catalog_node on catalog_node.id = resource.catalog_node_id
       where catalog_node.lineage @> array[new.id] and resource.status = 'published' and resource.deleted_at is null;
       return null;
     end $f$`,
  `create trigger outbox_of_catalog_node after update of name, slug on catalog_node
     for each row when (old.name is distinct from new.name or old.slug is distinct from new.slug)
     execute function outbox_of_catalog_node()`,

  // A recording outlives the resource that was made of it.
  `alter table recording drop constraint recording_resource_id_fkey,
     add constraint recording_resource_id_fkey foreign key (resource_id) references resource on delete set null`,

  // For the removal of what was deleted, and for the keyset of one's own resources.
  `create index resource_deleted on resource (deleted_at) where deleted_at is not null`,
  `create index resource_owner_page on resource (owner_id, updated_at desc, id desc) where deleted_at is null`,
];
