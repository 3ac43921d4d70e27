import { sql } from 'kysely';
import type { FinishedRecording } from '../../media/index.ts';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import type { PosterObject } from './poster.ts';
import { changeState } from './repository.ts';

export interface PublishedVideo {
  objectKey: string;
  bytes: number;
  sha256: string;
  posters: PosterObject[];
}

/** The session as the library's words of its recording need it. */
async function findLesson(db: Database, recordingId: string) {
  return await db
    .selectFrom('recording')
    .innerJoin('class_session', 'class_session.id', 'recording.class_session_id')
    .innerJoin('account', 'account.id', 'class_session.presenter_id')
    .innerJoin('school', 'school.id', 'class_session.school_id')
    .where('recording.id', '=', recordingId)
    .selectAll('class_session')
    .select(['account.name as presenter_name', 'school.name as school_name'])
    .select((eb) =>
      eb
        .selectFrom('class_session_room')
        .innerJoin('room', 'room.id', 'class_session_room.room_id')
        .innerJoin('school as home', 'home.id', 'room.school_id')
        .whereRef('class_session_room.class_session_id', '=', 'class_session.id')
        .select(sql<string | null>`string_agg(home.name || room.name, '、' order by home.name, room.name)`.as('names'))
        .as('room_names'),
    )
    .executeTakeFirstOrThrow();
}

type Lesson = Awaited<ReturnType<typeof findLesson>>;

/** All schools of the country keep one time, wherever the server's clock stands. */
const schoolTimeZone = 'Asia/Shanghai';

/** The library's content is in the language of the schools, whatever that of the page around it. */
function describe(lesson: Lesson): string {
  const day = (lesson.started_at ?? lesson.scheduled_start).toLocaleDateString('zh-CN', {
    dateStyle: 'long',
    timeZone: schoolTimeZone,
  });
  const rooms = lesson.room_names === null ? '' : `听讲：${lesson.room_names}。`;
  return `${day}，${lesson.school_name}${lesson.presenter_name}主讲。${rooms}`;
}

const resourceTitle = (lesson: Lesson) => `专递课堂：${lesson.title}`;
/** A name that every file system takes. */
const fileName = (lesson: Lesson) =>
  `${resourceTitle(lesson)
    .replaceAll(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
    .trim()}.mp4`;

export interface Publication {
  markChanged(trx: DatabaseTransaction, entity: 'resource', id: string): Promise<void>;
}

/** Makes the class recording of the library, all of it or nothing. @returns false when another try was quicker. */
export async function publish(
  trx: DatabaseTransaction,
  outbox: Publication,
  recordingId: string,
  video: PublishedVideo,
  finished: FinishedRecording,
): Promise<boolean> {
  const at = new Date();
  if (!(await changeState(trx, recordingId, { state: 'finished', reason: null, at }))) return false;
  const lesson = await findLesson(trx, recordingId);
  const { id: resourceId } = await trx
    .insertInto('resource')
    .values({
      school_id: lesson.school_id,
      owner_id: lesson.presenter_id,
      kind: 'class_recording',
      title: resourceTitle(lesson),
      description: describe(lesson),
      catalog_node_id: lesson.catalog_node_id,
      licence: 'alliance_only',
      visibility: 'alliance',
      status: 'published',
      published_at: at,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('file')
    .values({
      // The same at each try, so that no try leaves objects that nobody knows.
      id: recordingId,
      resource_id: resourceId,
      owner_id: lesson.presenter_id,
      school_id: lesson.school_id,
      name: fileName(lesson),
      bytes: video.bytes,
      object_key: video.objectKey,
      media_type: 'video/mp4',
      sha256: video.sha256,
      state: 'ready',
      duration_ms: Math.round(finished.durationMs),
      width: finished.width,
      height: finished.height,
    })
    .execute();
  if (video.posters.length > 0) {
    await trx
      .insertInto('preview')
      .values(video.posters.map((poster) => ({ ...poster, file_id: recordingId, kind: 'poster' as const })))
      .execute();
  }
  await trx
    .updateTable('recording')
    .set({
      resource_id: resourceId,
      started_at: new Date(finished.startedAt),
      duration_ms: Math.round(finished.durationMs),
      completeness: finished.completeness,
      timeline: JSON.stringify(finished.timeline),
    })
    .where('id', '=', recordingId)
    .execute();
  await trx.updateTable('class_session').set({ state: 'published' }).where('id', '=', lesson.id).execute();
  await outbox.markChanged(trx, 'resource', resourceId);
  return true;
}
