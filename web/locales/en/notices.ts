import type zh from '../zh-CN/notices.ts';

const notices: typeof zh = {
  title: 'Notices',
  unread: 'Notices, {n} unread',
  none: 'No notices',
  noneWords: 'When a lesson is cancelled or moved, or a recording is about to be deleted, you are told here.',
  allRead: 'Mark all as read',
  cancelled: '“{title}” is cancelled',
  moved: '“{title}” has a new time',
  changed: '“{title}” has another presenter or other rooms',
  recording_expires: '“{title}” will soon be deleted',
  deleted: 'After {day}, unless it is kept for ever',
  many: 'one lesson | {n} lessons',
  line: 'Was to be {from}',
  to: 'Moved to {to}',
  by: '{name} · {day}',
  isNew: 'Unread',
  because: 'Reason: {reason}',
};
export default notices;
