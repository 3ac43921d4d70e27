import type zh from '../zh-CN/retention.ts';

const retention: typeof zh = {
  title: 'Retention period',
  until: 'Deleted automatically after {day}',
  rule: 'The school keeps recordings for {n} days.',
  forEver: 'Kept forever',
  forEverWords: 'The school keeps recordings for {n} days. This one is exempt.',
  forEverNoRule: 'If the school sets a limit later, this one is exempt.',
  keep: 'Keep forever',
  release: 'Stop keeping forever',
  kept: 'Now kept forever.',
  stay: 'Keep forever',
  confirm:
    'It will then be kept for the school’s retention period and deleted automatically, in 14 days at the earliest.',
  confirmNoRule: 'If the school sets a limit later, this one will be deleted automatically too.',
  released: 'No longer kept forever.',
};

export default retention;
