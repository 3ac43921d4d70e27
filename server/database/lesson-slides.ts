import { type Expression, expressionBuilder } from 'kysely';
import type { Tables } from './tables.ts';

/** The class sessions that were planned with this file, or have shown it: found by indexes both. */
export function sessionsShowing(fileId: string | Expression<string>) {
  const eb = expressionBuilder<Tables>();
  return eb
    .selectFrom('class_session as planned')
    .select('planned.id')
    .where('planned.slides_file_id', '=', fileId)
    .unionAll(
      eb
        .selectFrom('class_session_slides')
        .select('class_session_slides.class_session_id as id')
        .where('class_session_slides.file_id', '=', fileId),
    );
}
