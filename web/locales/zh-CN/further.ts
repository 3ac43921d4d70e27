import admin from './admin.ts';
import captions from './captions.ts';
import classroom from './classroom.ts';
import download from './download.ts';
import mine from './mine.ts';
import recording from './recording.ts';
import retention from './retention.ts';
import setup from './setup.ts';
import timetable from './timetable.ts';
import transfer from './transfer.ts';
import upload from './upload.ts';

/** Words of the other pages, which come with their scripts. */
export const messages = {
  admin,
  captions,
  classroom,
  download,
  mine,
  recording,
  retention,
  setup,
  timetable,
  transfer,
  upload,
};
