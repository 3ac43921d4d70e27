import account from './account.ts';
import common from './common.ts';
import errors from './errors.ts';
import library from './library.ts';
import notices from './notices.ts';
import resource from './resource.ts';
import words from './words.ts';

/** Words of the library and of what surrounds every page: there before the first page is drawn. */
export const messages = { account, common, errors, library, notices, resource, words };
