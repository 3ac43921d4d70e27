import { resourceKindSchema } from '../../../server/resources/schema.ts';
import { type Facts, type JudgedResource, type NamedPlace, namedPlaceSchema, placeSteps } from './schema.ts';
import { cellsOf, readTable } from './tables.ts';
import { joinTopics, type Lesson, parseTopics, topicsOfUnit } from './topics.ts';

export type Special = Pick<
  JudgedResource,
  'title' | 'kind' | 'description' | 'downloads' | 'place' | 'pages' | 'facts'
>;

function parsePlace(text: string): NamedPlace | null {
  if (text === '') return null;
  const names = text.split('/');
  return Object.fromEntries(placeSteps.slice(0, names.length).map((step, index) => [step, names[index]]));
}

/** `year=2024,stage=小学`. */
function parseFacts(text: string): Omit<Facts, 'topics'> {
  const given: Record<string, string> = Object.fromEntries(
    text
      .split(',')
      .filter((part) => part !== '')
      .map((part) => part.split('=')),
  );
  const { year, period, exam, ...place } = given;
  return {
    place: namedPlaceSchema.strict().parse(place),
    ...(year !== undefined && { year: Number(year) }),
    ...(period !== undefined && { period: Number(period) }),
    ...((exam === '期中' || exam === '期末') && { exam }),
  };
}

/** The resources that were written by hand. One that lies in a unit or a lesson is about its topics too. */
export function readSpecials(units: ReadonlyMap<string, readonly Lesson[]>): Special[] {
  const pages = Map.groupBy(readTable('documents.tsv'), (row) => cellsOf(row)('文档'));
  return readTable('special.tsv').map((row) => {
    const cell = cellsOf(row);
    const place = parsePlace(cell('位置'));
    const said = parseFacts(cell('事实'));
    const unit = place?.unit === undefined ? [] : units.get(JSON.stringify({ ...place, lesson: '' }));
    if (!unit) throw new Error(`special.tsv: there is no unit ${cell('位置')}.`);
    const lesson = unit.filter((one) => one.place.lesson === place?.lesson);
    const around = lesson.length > 0 ? lesson : unit;
    return {
      title: cell('标题'),
      kind: resourceKindSchema.parse(cell('类型')),
      description: cell('简介'),
      downloads: Number(cell('下载')),
      place,
      pages: (pages.get(cell('文档')) ?? []).map((page) => cellsOf(page)('文字')),
      facts: {
        ...said,
        topics: joinTopics(topicsOfUnit(around), parseTopics(cell('主题'), ',')),
        place: { ...place, ...said.place },
      },
    };
  });
}
