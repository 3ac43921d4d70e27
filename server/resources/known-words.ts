import type { FacetField, KnownWord } from '../../search/index.ts';
import type { SlugName } from '../catalog/service.ts';
import { kindWords } from './kind-words.ts';

/** What teachers call an edition besides its name. */
const otherEditions: Record<string, readonly string[]> = { 统编版: ['部编版', '部编'] };

const placeFields = ['stage', 'subject', 'edition', 'grade', 'volume'] as const;

interface Name {
  field: FacetField;
  word: string;
  slug: string;
  sure: boolean;
}

function namesOfEdition(name: string): Omit<Name, 'field' | 'slug'>[] {
  // The name without its chief editor: who types 人教版 means each of them.
  const bare = name.replace(/[（(].*$/u, '').trim();
  const short = bare.replace(/版$/u, '');
  return [
    { word: bare, sure: true },
    ...(otherEditions[bare] ?? []).map((word) => ({ word, sure: true })),
    // 外研社版 is called 外研版 as well.
    ...(bare.endsWith('社版') ? [{ word: bare.replace(/社版$/u, '版'), sure: true }] : []),
    // 教科 of 教科版 begins 教科书.
    ...(short !== bare && short.length > 1 ? [{ word: short, sure: false }] : []),
  ];
}

function namesOf({ level, slug, name, otherNames }: SlugName): Name[] {
  const field = placeFields.find((one) => one === level);
  if (field === undefined) return [];
  const words =
    field === 'edition'
      ? namesOfEdition(name)
      : [name, ...otherNames].map((word) => ({ word, sure: field === 'grade' || field === 'volume' }));
  return words.map((one) => ({ ...one, field, slug }));
}

/** 三上, 3上 and 三年级上 are each a grade and a volume; 高一上 too. */
function shortPlaces(names: readonly SlugName[]): Name[] {
  const grades = names.filter(({ level }) => level === 'grade');
  const volumes = names.flatMap(({ level, slug, shortNames }) =>
    level === 'volume' ? shortNames.flatMap((mark) => [mark, `${mark}册`].map((word) => ({ mark: word, slug }))) : [],
  );
  return grades.flatMap(({ slug, name, otherNames, shortNames }) =>
    [...shortNames, name, ...otherNames].flatMap((grade) =>
      volumes.flatMap((volume) => [
        { word: `${grade}${volume.mark}`, field: 'grade' as const, slug, sure: true },
        { word: `${grade}${volume.mark}`, field: 'volume' as const, slug: volume.slug, sure: true },
      ]),
    ),
  );
}

/** The 五四 schools teach the same stage: who types 小学 means them as well. */
function stagesLike(stage: string, names: readonly SlugName[]): string[] {
  return names.filter(({ level, slug }) => level === 'stage' && slug.startsWith(`${stage}_`)).map(({ slug }) => slug);
}

/** The words that a search takes for conditions: those of the catalog as it is, and those of the kinds. */
export function knownWords(names: readonly SlugName[]): KnownWord[] {
  const known = new Map<string, Omit<KnownWord, 'values'> & { values: Set<string> }>();
  const add = (field: FacetField, word: string, values: readonly string[], sure: boolean) => {
    const key = `${field}/${word}`;
    const one = known.get(key) ?? { field, word, values: new Set<string>(), sure };
    for (const value of values) one.values.add(value);
    known.set(key, { ...one, sure: one.sure || sure });
  };
  for (const { field, word, slug, sure } of [...names.flatMap(namesOf), ...shortPlaces(names)]) {
    add(field, word, field === 'stage' ? [slug, ...stagesLike(slug, names)] : [slug], sure);
  }
  for (const { words, kinds } of kindWords) for (const word of words) add('kind', word, kinds, true);
  return [...known.values()].map((one) => ({ ...one, values: [...one.values] }));
}
