import { messages as further } from './further.ts';
import { messages as opening } from './opening.ts';

/** All of them, for their types and for tests. A page that imported this would load all of them. */
export const messages = { ...opening, ...further };
export type Messages = typeof messages;
