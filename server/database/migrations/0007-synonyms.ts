import { type Kysely, sql } from 'kysely';

/** Words that stand for one another in a search, and word of their changes for the index. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** What teachers call the same thing; an administrator edits them. */
const usual = [
  ['教学设计', '教案', '教学方案'],
  ['课件', 'PPT', '幻灯片'],
  ['微课', '微课程', '微视频'],
  ['学习任务单', '任务单', '学习单', '导学案'],
  ['练习', '习题', '练习题', '作业'],
  ['试卷', '卷子', '测试卷'],
  ['课堂实录', '教学实录', '录像课'],
  ['统编版', '部编版'],
];

const statements = [
  `create table synonym_group (
     id uuid primary key default uuidv7(),
     words text[] not null check (cardinality(words) between 2 and 20),
     updated_at timestamptz not null default now())`,
  ...usual.map((words) => `insert into synonym_group (words) values ('{${words.join(',')}}')`),

  // The index is told like of a resource; entity_id says nothing then.
  `alter table outbox drop constraint outbox_entity_check,
     add constraint outbox_entity_check check (entity in ('resource', 'vocabulary'))`,
  `create function outbox_of_vocabulary() returns trigger language plpgsql as $f$
     begin
       insert into outbox (entity, entity_id) values ('vocabulary', '00000000-0000-0000-0000-000000000000');
       return null;
     end $f$`,
  `create trigger outbox_of_synonyms after insert or update or delete on synonym_group
     for each statement execute function outbox_of_vocabulary()`,
  `create trigger outbox_of_catalog_words after insert or delete or update of name on catalog_node
     for each statement execute function outbox_of_vocabulary()`,
];
