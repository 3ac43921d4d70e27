import type zh from '../zh-CN/upload.ts';

const upload: typeof zh = {
  drop: 'Drop files here',
  dropMore: 'More files? Drop them here, or',
  more: 'More files?',
  pick: 'Choose what to upload',
  dropHint:
    'Lesson plans, courseware, microlectures, sound, pictures, archives. If the network drops, the upload waits and goes on by itself.',
  choose: 'Choose files',
  files: 'Files to upload',
  progressOf: 'Progress of {name}',
  speed: '{speed}/s',
  left: '{span} left',
  pause: 'Pause {name}',
  resume: 'Go on with {name}',
  cancel: 'Remove {name}',
  remove: {
    title: 'Remove the file',
    words: '{sent} of “{name}” have arrived. Once removed, it has to be sent from the start.',
    act: 'Remove',
    keep: 'Keep it',
  },
  leave:
    'You may go to other pages; the upload goes on. After closing the browser, choose the same file again and it continues.',
  waiting: 'It will be saved when the files have arrived. You may do other things meanwhile.',
  publishWhenSent: 'Publish when sent',
  saveDraft: 'Save as draft',
  savedDraft: 'Saved as a draft.',
  together: {
    title: 'Several files',
    one: 'These {n} files are one resource',
    each: 'Each file is a resource, titled by its name',
  },
  state: {
    queued: 'Waiting, {total}',
    sending: '{sent} of {total} sent',
    offline: 'No network; {sent} sent. It goes on by itself',
    paused: 'Paused, {sent} of {total} sent',
    sent: 'Sent, {total}',
  },
};

export default upload;
