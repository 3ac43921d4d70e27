import type zh from '../zh-CN/download.ts';

const download: typeof zh = {
  title: 'Downloads',
  going: 'nothing on its way | Downloading {n} file · {share} | Downloading {n} files · {share}',
  saved: 'nothing downloaded | {n} file downloaded | {n} files downloaded',
  progressOf: 'Download progress of {name}',
  pause: 'Pause download of {name}',
  resume: 'Resume download of {name}',
  cancel: 'Cancel download of {name}',
  again: 'Save {name} again',
  close: 'Take {name} off the list',
  state: {
    receiving: '{received} of {total}',
    offline: 'No connection. {received} downloaded; continues by itself',
    paused: 'Paused at {received} of {total}',
    saved: 'Saved to your browser’s downloads folder, {total}',
  },
};

export default download;
