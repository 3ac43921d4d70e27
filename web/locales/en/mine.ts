import type zh from '../zh-CN/mine.ts';

const mine: typeof zh = {
  published: 'Published',
  drafts: 'Drafts',
  uploads: 'Uploading',
  describe: 'Describe them',
  unfinished: 'Continue',
  unfinishedAt: '{at} of {whole}',
  edit: 'Edit {title}',
  empty: {
    published: 'You have published nothing yet',
    draft: 'No drafts',
    words: 'Lesson plans, microlectures and courseware that you upload are listed here.',
  },
};

export default mine;
