import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Of the class session of the outer query: whether it was planned with this file, or has shown it. */
export function showsAsSlides(fileId: string | Expression<string>) {
  return (eb: ExpressionBuilder<Tables, 'class_session'>): Expression<SqlBool> =>
    eb.or([
      eb('class_session.slides_file_id', '=', fileId),
      eb.exists(
        eb
          .selectFrom('class_session_slides')
          .select(sql.lit(1).as('one'))
          .whereRef('class_session_slides.class_session_id', '=', 'class_session.id')
          .where('class_session_slides.file_id', '=', fileId),
      ),
    ]);
}
