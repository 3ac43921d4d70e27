import type zh from '../zh-CN/recording.ts';

const recording: typeof zh = {
  completeness: 'Completeness (presenter’s picture and sound)',
  length: 'Length {time}',
  replay: 'Lesson replay',
  mode: { label: 'Replay mode', video: 'Video', thin: 'Slides + sound' },
  thinSize: '{size}, about {share} of the video',
  byItself: 'Slow connection: switched to slides + sound. You can go back to video; your choice is remembered.',
  noSlides: 'This lesson has no slides, so only the sound plays.',
  noSlidesNow: 'No slides were shown at this point.',
  soundBroken: 'The sound couldn’t be played. Switch to video.',
  slides: 'Slide changes',
  page: 'Page {page}',
  slide: 'Slide {page}',
  gaps: 'nothing missing | {n} gap of the presenter | {n} gaps of the presenter',
  roomGaps: 'nothing missing | {n} gap of rooms on stage | {n} gaps of rooms on stage',
  gap: '{track}: {span} missing',
  roomGap: '{room}, {track}: {span} missing',
  noGaps: 'Nothing missing.',
  noPresenterGaps: 'Nothing of the presenter is missing.',
};

export default recording;
