import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const lowest = [22, 18];

/**
 * A Node that runs TypeScript by itself: the one that npm brought (node_modules/.bin/node), else the one of the system.
 *
 * @returns {string} its path
 */
export function nodeBinary() {
  const bundled = join(root, 'node_modules/.bin/node');
  if (existsSync(bundled)) return bundled;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > lowest[0] || (major === lowest[0] && minor >= lowest[1])) return process.execPath;
  throw new Error(`Node ${lowest.join('.')} or newer is needed; this is ${process.versions.node}.`);
}
