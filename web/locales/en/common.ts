import type zh from '../zh-CN/common.ts';

const common: typeof zh = {
  brand: 'Tongke',
  skip: 'Skip to content',
  nav: {
    main: 'Main',
    library: 'Library',
    timetable: 'Timetable',
    mine: 'My things',
    admin: 'School',
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
    copyByHand: 'The browser refuses to copy. It is selected: press Ctrl+C.',
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
  ink: 'Drawn on the slide',
  offline:
    'You are offline. What is open can still be read, and everything goes on by itself once the network is back.',
  error: {
    title: 'This could not be opened',
    gone: 'Not found',
    goneWords: 'It may have been moved, or it is not shared with you.',
    requestId: 'When you report this, give the number {id}',
    quota:
      'Your school has no room for it: {used} of {limit} are used, and this file needs {needed}. Delete what is not needed, or ask the administrator for more.',
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
    title: 'There is no such page',
    words: 'The address may be wrong, or the thing was moved or is not shared with you.',
    home: 'To the library',
  },
  crash: {
    title: 'Something broke on this page',
    words: 'Reloading usually helps. What you typed may have to be typed again.',
    reload: 'Reload',
    notOpened: 'This page could not be opened. Check the network and try again, or reload.',
    notDone: 'That did not work. Try again, or reload the page.',
  },
};

export default common;
