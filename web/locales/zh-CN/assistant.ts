/** A phone in the room, and what it brings to the presenter. */
export const assistant = {
  title: '课堂助教',
  scan: '请扫教室大屏上的二维码',
  scanWords: '上课时，二维码在大屏右下角。扫码后可以举手、报人数、给主讲教师留言。',
  entering: '正在进入课堂……',
  connecting: '网络断了，正在恢复……',
  waiting: '还没有开始上课',
  listening: '正在听讲',
  raise: '举手',
  lower: '放下手',
  raised: '已举手，排第 {n} 位',
  heads: '本教室人数',
  headsNone: '还没有报',
  headsConfirmed: '已报 {n} 人',
  fewer: '少一人',
  more: '多一人',
  confirm: '确认',
  word: '告诉主讲教师',
  ownWords: '写一句话',
  send: '发送',
  sent: '已发送',
  seen: '教师已看到',
  tooSoon: '发得太快了，请稍等两秒',
  notSent: '没有发出去，请再试一次',
  replaced: '另一部手机接替了助教',
  takeBack: '换回这部手机',
  overWords: '可以关闭这个页面了。',
};

export const message = {
  title: '教室留言',
  no_sound: '听不到',
  no_picture: '看不到',
  choppy: '太卡了',
  see: '知道了',
  seeOf: '知道了：{from}',
  more: '还有 {n} 条留言',
  less: '收起',
  whole: '看全文',
};

export const timer = { set: '计时', stop: '停止计时', minutes: '{n} 分钟', over: '时间到' };

/** What an observer writes down. */
export const notes = {
  title: '听课笔记',
  own: '只有自己能看到',
  write: '写下这一刻，按回车保存',
  keep: '保存',
  keepAt: '保存到 {time}',
  edit: '修改笔记',
  remove: '删除笔记',
  copy: '复制全部笔记',
  copied: '已复制，可以粘贴到听课记录表',
  notCopied: '没能复制',
};
