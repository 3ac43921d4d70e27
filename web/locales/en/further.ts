import type { messages as zh } from '../zh-CN/further.ts';
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

export const messages: typeof zh = {
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
