import admin from './admin.ts';
import captions from './captions.ts';
import classroom from './classroom.ts';
import mine from './mine.ts';
import setup from './setup.ts';
import timetable from './timetable.ts';
import upload from './upload.ts';

/** Words of the other pages, which come with their scripts. */
export const messages = { admin, captions, classroom, mine, setup, timetable, upload };
