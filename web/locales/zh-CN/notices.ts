/** The bell at the top of every page. */
export default {
  title: '通知',
  unread: '通知，{n} 条未读',
  none: '没有通知',
  noneWords: '课堂取消或改时间、实录快要到期时，会在这里告诉您。',
  allRead: '全部标为已读',
  cancelled: '“{title}”已取消',
  moved: '“{title}”改时间了',
  changed: '“{title}”换了主讲或教室',
  recording_expires: '“{title}”快要自动删除了',
  deleted: '{day}之后删除，可以设为永久保存',
  many: '共 {n} 次',
  line: '原定 {from}',
  to: '改到 {to}',
  by: '{name} · {day}',
  isNew: '未读',
  because: '原因：{reason}',
};
