import type zh from '../zh-CN/common.ts';

const common: typeof zh = {
  brand: 'Tongke',
  skip: 'Skip to content',
  nav: {
    main: 'Main',
    library: 'Library',
    timetable: 'Timetable',
    mine: 'My work',
    admin: { school: 'School', alliance: 'Alliance', platform: 'Platform' },
    upload: 'Upload',
  },
  action: {
    save: 'Save',
    cancel: 'Cancel',
    close: 'Close',
    retry: 'Try again',
    delete: 'Delete',
    copy: 'Copy',
    copied: 'Copied',
    copyByHand: 'The browser blocked copying. The text is selected: press Ctrl+C.',
    more: 'Show more',
    done: 'Done',
    edit: 'Edit',
    open: 'Open',
  },
  required: 'required',
  optional: 'optional',
  choose: 'Choose',
  loading: 'Loading',
  listComma: ', ',
  dot: ' · ',
  placeDot: ' · ',
  ink: 'Drawing on the slide',
  offline: 'You’re offline. You can still view what’s open, and everything resumes once you’re back online.',
  error: {
    title: 'Couldn’t open this',
    gone: 'Not found',
    goneWords: 'It may have been moved, or it isn’t shared with you.',
    requestId: 'When you report this, quote number {id}',
    quota:
      'Your school doesn’t have enough storage: {used} of {limit} used, and this file needs {needed}. Delete resources you don’t need, or ask the administrator for more.',
  },
  size: { bytes: '{n} B', kb: '{n} KB', mb: '{n} MB', gb: '{n} GB' },
  pages: '{n} page | {n} pages',
  time: {
    today: 'today {time}',
    yesterday: 'yesterday',
    tomorrow: 'tomorrow {time}',
    seconds: '{n} s',
    minutes: '{n} min',
    hours: '{h} h {m} min',
  },
  notFound: {
    title: 'Page not found',
    words: 'The address may be wrong, or the content was moved or isn’t shared with you.',
    home: 'Back to the library',
  },
  crash: {
    title: 'Something went wrong on this page',
    words: 'Reloading usually helps. You may need to re-enter what you typed.',
    reload: 'Reload',
    notOpened: 'This page couldn’t be opened. Check your connection and try again, or reload.',
    notDone: 'That didn’t work. Try again, or reload the page.',
  },
};

export default common;
