/** A phone in the room, and what it brings to the presenter. */
export const assistant = {
  title: 'Classroom assistant',
  scan: 'Scan the code on the classroom screen',
  scanWords:
    'During the lesson, it’s at the bottom right of the screen. Once scanned, you can raise a hand, report the headcount and message the presenter.',
  entering: 'Joining the lesson…',
  connecting: 'Connection lost, reconnecting…',
  waiting: 'The lesson hasn’t started',
  listening: 'Listening',
  raise: 'Raise hand',
  lower: 'Lower hand',
  raised: 'Hand raised, number {n} in line',
  heads: 'People in this room',
  headsNone: 'Not reported yet',
  headsConfirmed: 'Reported: {n}',
  fewer: 'One fewer',
  more: 'One more',
  confirm: 'Confirm',
  word: 'Tell the presenter',
  ownWords: 'Write a message',
  send: 'Send',
  sent: 'Sent',
  seen: 'Seen by presenter',
  tooSoon: 'Too fast. Wait two seconds',
  notSent: 'Not sent. Try again',
  replaced: 'Another phone has taken over',
  takeBack: 'Switch back to this phone',
  overWords: 'You can close this page.',
};

export const message = {
  title: 'Messages from rooms',
  no_sound: 'No sound',
  no_picture: 'No picture',
  choppy: 'It’s choppy',
  see: 'Got it',
  seeOf: 'Got it: {from}',
  more: '{n} more message | {n} more messages',
  less: 'Show less',
  whole: 'Show all',
};

export const timer = { set: 'Timer', stop: 'Stop timer', minutes: '{n} min', over: 'Time’s up' };

/** What an observer writes down. */
export const notes = {
  title: 'My notes',
  own: 'Only you can see them',
  write: 'Note this moment, Enter to save',
  keep: 'Save',
  keepAt: 'Save at {time}',
  edit: 'Edit note',
  remove: 'Delete note',
  copy: 'Copy all notes',
  copied: 'Copied. Paste into your observation form',
  notCopied: 'Couldn’t copy',
};
