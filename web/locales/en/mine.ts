import type zh from '../zh-CN/mine.ts';

const mine: typeof zh = {
  published: 'Published',
  drafts: 'Drafts',
  uploads: 'Uploading',
  uploaded: 'Uploaded, not yet published',
  describe: 'Add details',
  unfinished: 'Continue watching',
  unfinishedAt: '{at} of {whole}',
  edit: 'Edit {title}',
  empty: {
    published: 'You haven’t published anything yet',
    draft: 'No drafts',
    words: 'Lesson plans, microlectures and courseware you upload appear here.',
  },
};

export default mine;
