/** Runs a TypeScript program of this repository on a Node that can: `node infra/run.mjs <file.ts> [arguments]`. */
import { existsSync } from 'node:fs';
import { nodeBinary } from './install/node-binary.mjs';
import { become } from './install/process.mjs';
import { root } from './install/root.mjs';

process.chdir(root);
if (existsSync('.env')) process.loadEnvFile('.env');
become([nodeBinary(), ...process.argv.slice(2)], process.env);
