import type { Database } from '../database/database.ts';
import type { ResourceRecording } from '../resources/recording-schema.ts';

/** What slides and sound alone come to, beside the video; null when there is no sound of its own. */
export async function measureThin(
  db: Database,
  recordingId: string,
  slidesFileId: string | null,
  pages: number[],
): Promise<ResourceRecording['thin']> {
  const sizes = await db
    .selectFrom('file')
    .innerJoin('rendition', 'rendition.file_id', 'file.id')
    .where('file.id', '=', recordingId)
    .where('rendition.name', '=', 'audio')
    .select(['file.bytes as video', 'rendition.bytes as sound'])
    .executeTakeFirst();
  if (!sizes) return null;
  const pictures =
    slidesFileId === null || pages.length === 0
      ? []
      : await db
          .selectFrom('preview')
          .where('file_id', '=', slidesFileId)
          .where('kind', '=', 'page')
          .where('number', 'in', pages)
          .select((eb) => ['number', eb.fn.max('bytes').as('bytes')])
          .groupBy('number')
          .execute();
  // The largest picture that there is of each page: what is loaded is smaller rather than larger.
  const bytes = sizes.sound + pictures.reduce((sum, picture) => sum + Number(picture.bytes), 0);
  return { bytes, share: sizes.video === 0 ? 1 : bytes / sizes.video };
}
