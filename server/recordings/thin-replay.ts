import type { Database } from '../database/database.ts';
import type { ResourceRecording } from '../resources/recording-schema.ts';
import type { ShownPage } from './slides-shown.ts';

/** What slides and sound alone come to, beside the video; null when there is no sound of its own. */
export async function measureThin(
  db: Database,
  recordingId: string,
  pages: readonly ShownPage[],
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
    pages.length === 0
      ? []
      : await db
          .selectFrom('preview')
          .where('kind', '=', 'page')
          .where((eb) =>
            eb(
              eb.refTuple('file_id', 'number'),
              'in',
              pages.map(({ fileId, page }) => eb.tuple(fileId, page)),
            ),
          )
          .select((eb) => ['file_id', 'number', eb.fn.max('bytes').as('bytes')])
          .groupBy(['file_id', 'number'])
          .execute();
  // The largest picture that there is of each page: what is loaded is smaller rather than larger.
  const bytes = sizes.sound + pictures.reduce((sum, picture) => sum + Number(picture.bytes), 0);
  return { bytes, share: sizes.video === 0 ? 1 : bytes / sizes.video };
}
