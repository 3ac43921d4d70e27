import { type Kysely, sql } from 'kysely';

/** The order of names: 阿 before 白 before 陈. A PostgreSQL that was built without ICU keeps that of code points. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(`do $do$ begin
      create collation name_order (provider = icu, locale = 'zh-u-co-pinyin-kn-true');
    exception when feature_not_supported then
      create collation name_order from "C";
    end $do$`)
    .execute(db);
}
