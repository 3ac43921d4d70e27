import type { messages as zh } from '../zh-CN/opening.ts';
import account from './account.ts';
import common from './common.ts';
import errors from './errors.ts';
import library from './library.ts';
import notices from './notices.ts';
import resource from './resource.ts';
import words from './words.ts';

export const messages: typeof zh = { account, common, errors, library, notices, resource, words };
