import type { Place } from '../api/types.ts';

/** 三年级上册 数学 人教版: which book a lesson is in. */
export function bookWords({ subject, edition, grade, volume }: Place): string {
  return [[grade?.name, volume?.name].filter(Boolean).join(''), subject?.name, edition?.name].filter(Boolean).join(' ');
}

/** 数学, 人教版, 三年级上册, 第八单元 …: from wide to narrow; grade and volume read as one. */
export function placeWords(place: Place, separator: string): string {
  const gradeAndVolume = [place.grade, place.volume].map((term) => term?.name ?? '');
  const latin = gradeAndVolume.some((name) => /[a-z]/i.test(name));
  return [
    place.subject?.name,
    place.edition?.name,
    gradeAndVolume.filter(Boolean).join(latin ? ' ' : ''),
    place.unit?.name,
    place.lesson?.name,
  ]
    .filter(Boolean)
    .join(separator);
}
