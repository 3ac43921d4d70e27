export default {
  title: '下载',
  going: '正在下载 {n} 个文件 · {share}',
  saved: '已下载 {n} 个文件',
  progressOf: '{name} 的下载进度',
  pause: '暂停下载 {name}',
  resume: '继续下载 {name}',
  cancel: '取消下载 {name}',
  again: '再保存一次 {name}',
  close: '从列表移除 {name}',
  state: {
    receiving: '已下载 {received} / {total}',
    offline: '网络断了，已下载 {received}，恢复后自动继续',
    paused: '已暂停，已下载 {received} / {total}',
    saved: '已存到浏览器的下载文件夹，{total}',
  },
};
