import type { Figures } from './figures.ts';
import type { ImpairedLesson } from './lesson.ts';
import { links } from './links.ts';

const watchedMs = 30_000;

/** Two rooms in one lesson, one on the thinnest link beside one on a clean one; before it the clean one alone. */
export async function neighbours(lesson: ImpairedLesson): Promise<[string, Figures][]> {
  const [clean, thin] = ['clean', '64k'].map((name) => {
    const link = links.find((one) => one.name === name);
    if (!link) throw new Error(`There is no link ${name}.`);
    return { ...link, lessonMs: watchedMs };
  });
  if (!clean || !thin) throw new Error('Both links are needed.');
  const alone = await lesson.watch(clean);
  const [bad, good] = await Promise.all([lesson.watch(thin), lesson.watch(clean, 2)]);
  return [
    ['clean alone', alone],
    ['clean beside', good],
    ['64k beside', bad],
  ];
}
