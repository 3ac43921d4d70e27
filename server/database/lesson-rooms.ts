import type { ExpressionBuilder } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { byName } from './name-order.ts';
import type { Tables } from './tables.ts';

/** The rooms of the class session of the outer query, with their schools, by name. */
export function lessonRooms(eb: ExpressionBuilder<Tables, 'class_session'>) {
  return jsonArrayFrom(
    eb
      .selectFrom('class_session_room')
      .innerJoin('room', 'room.id', 'class_session_room.room_id')
      .innerJoin('school as home', 'home.id', 'room.school_id')
      .whereRef('class_session_room.class_session_id', '=', 'class_session.id')
      .select(['room.id', 'room.name', 'home.id as school_id', 'home.name as school_name'])
      .select('class_session_room.pupils_recorded')
      .orderBy('home.name', byName)
      .orderBy('room.name', byName),
  );
}
