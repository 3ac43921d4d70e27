import account from './account.ts';
import admin from './admin.ts';
import captions from './captions.ts';
import classroom from './classroom.ts';
import common from './common.ts';
import errors from './errors.ts';
import library from './library.ts';
import mine from './mine.ts';
import resource from './resource.ts';
import setup from './setup.ts';
import timetable from './timetable.ts';
import upload from './upload.ts';
import words from './words.ts';

export const messages = {
  account,
  admin,
  captions,
  classroom,
  common,
  errors,
  library,
  mine,
  resource,
  setup,
  timetable,
  upload,
  words,
};
export type Messages = typeof messages;
