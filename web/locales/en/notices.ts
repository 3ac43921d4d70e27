import type zh from '../zh-CN/notices.ts';

const notices: typeof zh = {
  title: 'Notifications',
  unread: 'Notifications, {n} unread',
  none: 'No notifications',
  noneWords: 'We’ll let you know here when a lesson is cancelled or moved, or a recording is about to expire.',
  allRead: 'Mark all as read',
  cancelled: '“{title}” was cancelled',
  moved: '“{title}” was rescheduled',
  changed: '“{title}” has a new presenter or rooms',
  recording_expires: '“{title}” will be deleted soon',
  deleted: 'Deleted after {day}, unless you keep it forever',
  many: '1 lesson | {n} lessons',
  line: 'Originally {from}',
  to: 'Moved to {to}',
  by: '{name} · {day}',
  isNew: 'Unread',
  because: 'Reason: {reason}',
};
export default notices;
