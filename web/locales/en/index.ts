import type { Messages } from '../zh-CN/index.ts';
import { messages as further } from './further.ts';
import { messages as opening } from './opening.ts';

/** All of them, for tests. */
export const messages: Messages = { ...opening, ...further };
