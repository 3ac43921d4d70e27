export default {
  published: '已发布',
  drafts: '草稿',
  uploads: '正在上传',
  uploaded: '已上传，还没有发布',
  describe: '去填写资源信息',
  unfinished: '接着看',
  unfinishedAt: '到 {at}，共 {whole}',
  edit: '修改“{title}”',
  empty: { published: '您还没有发布资源', draft: '没有草稿', words: '上传的教学设计、微课和课件会列在这里。' },
};
