/** A phone in the room, and what it brings to the presenter. */
export const assistant = {
  title: 'Classroom assistant',
  scan: 'Scan the code on the classroom screen',
  scanWords:
    'During the lesson it is at the bottom right of the screen. Then you can raise the hand, count heads and write to the presenter.',
  entering: 'Entering the classroom…',
  connecting: 'The network is gone, reconnecting…',
  waiting: 'The lesson has not begun',
  listening: 'Listening',
  raise: 'Raise hand',
  lower: 'Lower hand',
  raised: 'Hand raised, number {n} in the queue',
  heads: 'People in this room',
  headsNone: 'Not counted yet',
  headsConfirmed: 'Counted: {n}',
  fewer: 'One less',
  more: 'One more',
  confirm: 'Confirm',
  word: 'Tell the presenter',
  ownWords: 'Write a line',
  send: 'Send',
  sent: 'Sent',
  seen: 'Read',
  tooSoon: 'Too fast, please wait two seconds',
  notSent: 'It was not sent, please try again',
  replaced: 'Another phone has taken over',
  takeBack: 'Take it back',
  overWords: 'You can close this page.',
};

export const message = {
  title: 'Messages of the rooms',
  no_sound: 'No sound',
  no_picture: 'No picture',
  choppy: 'It stutters',
  see: 'Got it',
  seeOf: 'Got it: {from}',
  more: '{n} more messages',
};

export const timer = { set: 'Timer', stop: 'Stop timer', minutes: '{n} min', over: 'Time is up' };

/** What an observer writes down. */
export const notes = {
  title: 'My notes',
  own: 'Only you can see them',
  write: 'Write this moment down, Enter keeps it',
  keep: 'Keep',
  keepAt: 'Keep at {time}',
  edit: 'Edit note',
  remove: 'Delete note',
  copy: 'Copy all notes',
  copied: 'Copied: paste it where you like',
  notCopied: 'Could not be copied',
};
