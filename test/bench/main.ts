import { parseArgs } from 'node:util';
import { download } from './download.ts';
import { join } from './join.ts';
import { lesson } from './lesson.ts';
import { library } from './library.ts';
import { memory } from './memory.ts';
import { say } from './product.ts';
import { type Row, tableHead, toJson, toLine } from './report.ts';
import { search } from './search.ts';
import { shelf } from './shelf.ts';
import { upload } from './upload.ts';

/** Each starts what it needs and ends it again. */
const benches: Record<string, () => Promise<Row[]>> = {
  search,
  upload,
  download,
  memory,
  join,
  lesson,
  library,
  shelf,
};

const usage = `npm run bench [-- --json] [${Object.keys(benches).join('] [')}]\n`;

/** Measures what is named, or all of it, one after the other: two at once would measure each other. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    process.stderr.write(`There is no bench ${unknown.join(', ')}.\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  if (!values.json) print(tableHead);
  for (const [name, measure] of Object.entries(benches)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    say(`${name} …`);
    for (const row of await measure()) print(values.json ? toJson(row) : toLine(row));
  }
}

await main();
