import { sql } from 'kysely';
import type { FinishedRecording } from '../../media/index.ts';
import type { Database, DatabaseTransaction } from '../database/database.ts';
import { schoolTimeZone } from '../school-time.ts';
import { recordEvent } from '../trail/trail.ts';
import type { PosterObject } from './poster.ts';
import { changeState } from './repository.ts';
import { pagesShown, replaySchema, type ShownPage } from './slides-shown.ts';

export interface KeptObject {
  objectKey: string;
  bytes: number;
  sha256: string;
}

export interface PublishedVideo extends KeptObject {
  /** The sound alone. */
  sound: KeptObject | null;
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
        // Rooms that were to listen and never came have not.
        .where((room) =>
          room.exists(
            room
              .selectFrom('class_event')
              .select('class_event.id')
              .whereRef('class_event.class_session_id', '=', 'class_session.id')
              .where('class_event.kind', '=', 'joined')
              .where(sql<boolean>`class_event.data ->> 'role' = 'receiver'`)
              .where(sql<boolean>`class_event.data ->> 'roomId' = room.id::text`),
          ),
        )
        .select(
          sql<
            string | null
          >`string_agg(home.name || room.name, '、' order by home.name collate name_order, room.name collate name_order)`.as(
            'names',
          ),
        )
        .as('room_names'),
    )
    .executeTakeFirstOrThrow();
}

type Lesson = Awaited<ReturnType<typeof findLesson>>;

/** The library's content is in the language of the schools, whatever that of the page around it. */
function describe(lesson: Lesson): string {
  const day = (lesson.started_at ?? lesson.scheduled_start).toLocaleDateString('zh-CN', {
    ...{ year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' },
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

/** Beside the qualities that are made of it later, and there at once: it is half of what a thin line is shown. */
async function insertSound(
  trx: DatabaseTransaction,
  recordingId: string,
  { objectKey, bytes }: KeptObject,
  durationMs: number,
): Promise<void> {
  const bitrate = Math.round((bytes * 8000) / durationMs);
  await trx
    .insertInto('rendition')
    .values({
      ...{ file_id: recordingId, name: 'audio', object_key: objectKey, bytes, bitrate },
      ...{ media_type: 'audio/mp4', width: null, height: null },
    })
    .execute();
}

/**
 * The words of the slides that were shown are found in the recording too. It has no pages of its own: the number is that of
 * the turn that showed the page first, because several files may have been shown.
 */
async function copySlideTexts(
  trx: DatabaseTransaction,
  recordingId: string,
  pages: readonly ShownPage[],
): Promise<void> {
  const columnOf = <K extends keyof ShownPage>(name: K) => pages.map((page) => page[name]);
  await sql`
    insert into page_text (file_id, number, text)
    select ${recordingId}, shown.turn, page_text.text
    from unnest(${columnOf('turn')}::int[], ${columnOf('fileId')}::uuid[], ${columnOf('page')}::int[]) as shown (turn, file_id, page)
      join page_text on page_text.file_id = shown.file_id and page_text.number = shown.page
    on conflict do nothing`.execute(trx);
}

/** The words of slides were read anew: the published recordings that show them take them over. */
export async function retakeSlideTexts(
  trx: DatabaseTransaction,
  outbox: Publication,
  slidesFileId: string,
): Promise<void> {
  const recordings = await trx
    .selectFrom('recording')
    .select(['id', 'resource_id', 'timeline'])
    .where('resource_id', 'is not', null)
    .where(sql<boolean>`timeline -> 'slides' @> ${JSON.stringify([{ fileId: slidesFileId }])}::jsonb`)
    .execute();
  for (const { id, resource_id: resourceId, timeline } of recordings) {
    if (resourceId === null) continue;
    const shown = pagesShown(replaySchema.parse(timeline).slides).filter(({ fileId }) => fileId === slidesFileId);
    await trx
      .deleteFrom('page_text')
      .where('file_id', '=', id)
      .where(
        'number',
        'in',
        shown.map(({ turn }) => turn),
      )
      .execute();
    await copySlideTexts(trx, id, shown);
    await outbox.markChanged(trx, 'resource', resourceId);
  }
}

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
  if (video.sound) await insertSound(trx, recordingId, video.sound, finished.durationMs);
  await copySlideTexts(trx, recordingId, pagesShown(finished.timeline.slides));
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
  await recordEvent(trx, 'resource.published', { actor: null, id: resourceId });
  return true;
}
