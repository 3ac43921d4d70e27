import type zh from '../zh-CN/upload.ts';

const upload: typeof zh = {
  drop: 'Drop files here',
  dropMore: 'More files? Drop them here, or',
  more: 'More files?',
  pick: 'Choose files to upload',
  dropHint:
    'Lesson plans, courseware, microlectures, audio, images or archives. If the connection drops, the upload resumes automatically.',
  choose: 'Choose files',
  files: 'Files to upload',
  empty: '{names}: nothing in it, so it can’t be uploaded.',
  progressOf: 'Upload progress of {name}',
  pause: 'Pause {name}',
  resume: 'Resume {name}',
  cancel: 'Remove {name}',
  remove: {
    title: 'Remove file',
    words: '{sent} of “{name}” has been uploaded. If you remove it, you’ll have to start over.',
    act: 'Remove',
    keep: 'Keep',
  },
  leave:
    'You can go to other pages while files upload. If you close the browser, choose the same file again to resume.',
  waiting: 'It will be saved once the files are uploaded. You can do other things in the meantime.',
  publishWhenSent: 'Publish when uploaded',
  saveDraft: 'Save as draft',
  savedDraft: 'Saved as a draft.',
  together: {
    title: 'Several files',
    one: 'These {n} files are one resource',
    each: 'Each file is its own resource, titled after the file',
  },
  state: {
    queued: 'Queued, {total}',
    sending: '{sent} of {total} uploaded',
    offline: 'No connection; {sent} uploaded. Resumes automatically',
    paused: 'Paused, {sent} of {total} uploaded',
    detached:
      'Not finished before the page was reloaded. Choose this file ({total}) again to go on from where it stopped.',
    sent: 'Uploaded, {total}',
  },
};

export default upload;
