import { parseArgs } from 'node:util';
import { say } from '../product.ts';
import { figuresHead, figuresLine } from './figures.ts';
import { withLesson } from './lesson.ts';
import { links } from './links.ts';
import { neighbours } from './neighbours.ts';

const besides = 'neighbours';
const usage = `npm run bench:impaired [-- ${[...links.map(({ name }) => name), besides].join('|')} …]   (as root)\n`;

/** Teaches a lesson to a room over each link that is named, or over all, one after the other. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const known = [...links.map(({ name }) => name), besides];
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no link ${unknown.join(', ')}.\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  await withLesson(async (lesson) => {
    if (!values.json) print(figuresHead);
    for (const link of links) {
      if (!wanted(link.name)) continue;
      say(`${link.name} …`);
      const figures = await lesson.watch(link);
      print(values.json ? JSON.stringify({ link: link.name, ...figures }) : figuresLine(link.name, figures));
    }
    if (!wanted(besides)) return;
    say(`${besides} …`);
    for (const [name, figures] of await neighbours(lesson)) {
      print(values.json ? JSON.stringify({ link: name, ...figures }) : figuresLine(name, figures));
    }
  });
}

await main();
