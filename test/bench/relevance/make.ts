/** Writes the frozen files anew: `node infra/run.mjs test/bench/relevance/make.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { frozenFiles } from './freeze.ts';
import { folder } from './tables.ts';

for (const [name, text] of Object.entries(frozenFiles())) writeFileSync(join(folder, name), text);
